"""The report: a run's document as one self-contained page, and charts as SVG."""
