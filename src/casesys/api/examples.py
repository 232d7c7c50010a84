"""Bodies of the commands that lead to a first case, as the README prints and its test gives them: examples for the document."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "register-person": {"person_id": "chen", "name": "陈小川"},
    "give-mandate": {
        "person_id": "chen",
        "mandate_id": "chen-1",
        "role": "grid_worker",
        "grid_id": "community",
    },
    "issue-api-key": {"person_id": "chen", "client_id": "desk", "label": "desk"},
    "collect-case": {
        "case_type": "issue",
        "category": "courtyard_lamp",
        "title": "路灯不亮",
        "grid": "community",
    },
}
"""The body of each, by the type of the command."""
