"""Makers of messages and deliveries. Clock: tests.conftest.NOW."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from messaging.models import Channel, Delivery, Message
from tests.factories import NOW, UserFactory


class MessageFactory(DjangoModelFactory[Message]):
    """A message by SMS that has come due and is of use for a day."""

    class Meta:
        model = Message

    person = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"enrolled:enrollment/{n}")
    kind = "enrolled"
    subject = factory.Sequence(lambda n: f"enrollment/{n}")
    title = "报名成功"
    body = "您已录取。"
    sms = "您已录取。"
    channels = factory.LazyFunction(lambda: [Channel.SMS])
    due_at = NOW
    use_by = NOW + timedelta(days=1)
    created_at = NOW


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """The first try of a dispatched message, in the queue and due."""

    class Meta:
        model = Delivery

    message = factory.SubFactory(MessageFactory, dispatched_at=NOW)
    channel = Channel.SMS
    due_at = NOW
