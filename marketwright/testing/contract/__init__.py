"""The contract every channel keeps, as a test class to subclass."""

from marketwright.testing.contract.reading import ReadingContract
from marketwright.testing.contract.requirements import RequirementsContract
from marketwright.testing.contract.trouble import TroubleContract
from marketwright.testing.contract.webhooks import WebhookContract
from marketwright.testing.contract.writing import WritingContract

__all__ = ["ChannelContract"]


class ChannelContract(ReadingContract, WritingContract, RequirementsContract, WebhookContract, TroubleContract):
    """What every channel promises, run against the channel's own twin. Subclass it in a test module:

        class TestAcme(ChannelContract):
            channel = acme.channel

            def make_twin(self) -> Twin:
                return make_twin(seed=1, size=300)

            async def touch(self, twin: Twin, external_id: str) -> None:
                await twin.state.rename(external_id)

    Its tests are coroutines: run them with pytest-asyncio in auto mode, or set `pytestmark = pytest.mark.asyncio`.

    To give: `channel`; `make_twin` (by default `channel.sandbox()`), whose products must fill at least two pages;
    `touch`, which changes one product as somebody at the platform would, moves its modification time on and lets
    the twin send its webhooks. To override where the platform differs: `wrong_credentials`, `change`, `throttle`,
    `lose_webhooks`, `missing_id`, `follows_write`.

    What a channel cannot do (a function that is None) is skipped. The webhook address is plain http on loopback:
    a twin must take it although its platform would not.
    """
