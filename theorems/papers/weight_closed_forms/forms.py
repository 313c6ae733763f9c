from refutable.theorems.records import ClosedForm
CLOSED_FORMS: tuple[ClosedForm, ...] = ()
