"""What every test of the sandbox relies on."""

from fixtures import (  # noqa: F401 - tests name them
    account,
    awslambdaric,
    browser,
    cloud,
    mail,
    telegram,
    twitch,
    viktor,
)
from guards import (  # noqa: F401 - hooks: pytest calls them
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)
