"""Pictures of answers: one module a picture, with the look they share in ``theme``."""
