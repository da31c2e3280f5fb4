"""The contract every channel keeps, as a test class to subclass."""

from marketwright.testing.contract.access import AccessContract
from marketwright.testing.contract.keeping import KeepingContract
from marketwright.testing.contract.reading import ReadingContract
from marketwright.testing.contract.requirements import RequirementsContract
from marketwright.testing.contract.shown import ShownContract
from marketwright.testing.contract.trouble import TroubleContract
from marketwright.testing.contract.verdicts import VerdictsContract
from marketwright.testing.contract.walking import WalkingContract
from marketwright.testing.contract.webhooks import WebhookContract
from marketwright.testing.contract.writing import WritingContract

__all__ = ["ChannelContract"]


class ChannelContract(
    AccessContract,
    ReadingContract,
    WalkingContract,
    WritingContract,
    KeepingContract,
    RequirementsContract,
    VerdictsContract,
    WebhookContract,
    TroubleContract,
    ShownContract,
):
    """What every channel promises, run against the channel's own twin. Subclass it in a test module:

        class TestAcme(ChannelContract):
            channel = acme.channel

    Its tests are coroutines: run them with pytest-asyncio in auto mode, or set `pytestmark = pytest.mark.asyncio`.

    To give: `channel`, whose `sandbox()` makes the twin (or `make_twin`). Its products must fill at least two pages,
    and its `acts` say what people and the platform do there: what it leaves out is skipped. To override where the
    platform differs: `diagnoses`, `incremental`, `tells_total`, `largest_page`, `missing_id`, `follows_write`,
    `follows_write_there`, and the functions `change`, `refused_change`, `wrong_credentials`, `can_be_shipped`,
    `is_cancelled`, `touch`, `lose_webhooks`.

    What a channel cannot do (a function that is None) is skipped. The webhook address is plain http on loopback:
    a twin must take it although its platform would not.
    """
