"""How hypothesis works here: at random at a desk, always the same in CI, a few examples in the inner loop.

No deadlines: the machine is shared.
"""

import os

from hypothesis import settings

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("fast", deadline=None, max_examples=15)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
