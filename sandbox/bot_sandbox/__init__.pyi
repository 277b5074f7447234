"""The names of bot_sandbox; tools/package_stub.py writes this file."""

# fmt: off
# ruff: noqa

from bot_sandbox import aio as aio
from bot_sandbox.telegram.calls import ApiCall as ApiCall
from bot_sandbox.twitch.tokens import Application as Application
from bot_sandbox.telegram.world import BotAccount as BotAccount
from bot_sandbox.telegram.bot_api_types import ChatMember as ChatMember
from bot_sandbox.twitch.chat import ChatMessage as ChatMessage
from bot_sandbox.world.clock import Clock as Clock
from bot_sandbox.cloud.cloud import Cloud as Cloud
from bot_sandbox.twitch.connection import ConnectionRecord as ConnectionRecord
from bot_sandbox.telegram.delivered_update import DeliveredUpdate as DeliveredUpdate
from bot_sandbox.telegram.updates import Delivery as Delivery
from bot_sandbox.twitch.eventsub_events import EventSubDelivery as EventSubDelivery
from bot_sandbox.telegram.faults import Fault as Fault
from bot_sandbox.telegram.calls import FaultHit as FaultHit
from bot_sandbox.telegram.media import File as File
from bot_sandbox.cloud.function import Function as Function
from bot_sandbox.cloud.errors import FunctionError as FunctionError
from bot_sandbox.telegram.people import Group as Group
from bot_sandbox.telegram.in_memory import InMemoryTelegram as InMemoryTelegram
from bot_sandbox.cloud.in_process import InProcessCloud as InProcessCloud
from bot_sandbox.telegram.inline_query import InlineQuery as InlineQuery
from bot_sandbox.programs.join import JoinOffer as JoinOffer
from bot_sandbox.mail import Letter as Letter
from bot_sandbox.telegram.limits import Limits as Limits
from bot_sandbox.mail import Mail as Mail
from bot_sandbox.processes.supervisor import ManagedProcess as ManagedProcess
from bot_sandbox.telegram.types import Message as Message
from bot_sandbox.mail import NoLetter as NoLetter
from bot_sandbox.diagnosis.no_reply import NoReply as NoReply
from bot_sandbox.programs.program import NotReady as NotReady
from bot_sandbox.processes.supervisor import OutputLines as OutputLines
from bot_sandbox.telegram.people import Person as Person
from bot_sandbox.telegram.bot_api_types import PhotoSize as PhotoSize
from bot_sandbox.telegram.buttons import Press as Press
from bot_sandbox.programs.program import Program as Program
from bot_sandbox.world.snapshot import Snapshot as Snapshot
from bot_sandbox.twitch.eventsub_events import Subscription as Subscription
from bot_sandbox.telegram.service import Telegram as Telegram
from bot_sandbox.telegram.errors import TelegramError as TelegramError
from bot_sandbox.telegram.faults import Faults as TelegramFaults
from bot_sandbox.cloud.timers import Timer as Timer
from bot_sandbox.twitch.tokens import Token as Token
from bot_sandbox.twitch.message_trace import TraceEntry as TraceEntry
from bot_sandbox.world.transcript import Transcript as Transcript
from bot_sandbox.twitch.service import Twitch as Twitch
from bot_sandbox.twitch.people import TwitchAccount as TwitchAccount
from bot_sandbox.twitch.faults import Faults as TwitchFaults
from bot_sandbox.twitch.settings import TwitchSettings as TwitchSettings
from bot_sandbox.twitch.user import TwitchUser as TwitchUser
from bot_sandbox.window.window import Window as Window

__version__: str
__all__ = ['ApiCall', 'Application', 'BotAccount', 'ChatMember', 'ChatMessage', 'Clock', 'Cloud', 'ConnectionRecord', 'DeliveredUpdate', 'Delivery', 'EventSubDelivery', 'Fault', 'FaultHit', 'File', 'Function', 'FunctionError', 'Group', 'InMemoryTelegram', 'InProcessCloud', 'InlineQuery', 'JoinOffer', 'Letter', 'Limits', 'Mail', 'ManagedProcess', 'Message', 'NoLetter', 'NoReply', 'NotReady', 'OutputLines', 'Person', 'PhotoSize', 'Press', 'Program', 'Snapshot', 'Subscription', 'Telegram', 'TelegramError', 'TelegramFaults', 'Timer', 'Token', 'TraceEntry', 'Transcript', 'Twitch', 'TwitchAccount', 'TwitchFaults', 'TwitchSettings', 'TwitchUser', 'Window', 'aio']
