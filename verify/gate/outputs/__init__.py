"""What a gate's document is written as: terminal table, Markdown summary, SARIF, badge, JUnit properties."""
