"""How strong the search is: measured figures side by side, printed as tables; nothing is asserted about time."""
