// SPDX-License-Identifier: Apache-2.0
#include <alarms/outbox.hpp>

#include <alarms/channels.hpp>

#include <base/digest.hpp>
#include <messages/messages.hpp>

#include <algorithm>

namespace oakum::alarms {

using alarm::ChannelId;
using alarm::ChannelKind;
using alarm::Telling;
using device::TenantId;
using ports::ChannelRow;
using ports::MessageRow;

namespace {

constexpr base::Duration kEach = std::chrono::seconds(1);

MessageRow message_for(shard::Ids& ids, ChannelId channel, const alarm::Message& content,
                       base::TimePoint now) {
    MessageRow row;
    row.id = ids.next_as<alarm::MessageId>();
    row.channel = channel;
    row.content = messages::to_stored(content);
    row.created = now;
    row.next_try = now;
    return row;
}

alarm::Message message_of(Telling telling, std::vector<alarm::Told> alarms) {
    alarm::Message message{telling, std::move(alarms), 0};
    if (message.alarms.size() > alarm::kMostTold) {
        message.more = message.alarms.size() - alarm::kMostTold;
        message.alarms.resize(alarm::kMostTold);
    }
    return message;
}

// What the channel's page shows of its last message.
void note_outcome(shard::Transaction& transaction, ChannelId id, const base::Status& status) {
    const auto stored = transaction.find<ChannelRow>(id);
    if (!stored || stored->removed) return;
    ChannelRow row = *stored;
    if (status.ok()) {
        row.delivered = transaction.now();
        row.failed.reset();
        row.last_error.clear();
    } else {
        if (!row.failed) row.failed = transaction.now();
        row.last_error = status.error().message;
    }
    transaction.change("channel", id.text());
    transaction.put(std::move(row));
}

} // namespace

alarm::Told told_of(const ports::AlarmRow& row, const alarm::Words& words) {
    return {
        row.id,       row.cause.kind, alarm::urgency(row.cause) == alarm::Urgency::at_once,  words.what,
        words.remedy, words.page,     std::string(alarm::to_string(alarm::whom(row.cause))), row.cause.owner,
        row.opened,   row.closed};
}

void tell(shard::Transaction& transaction, shard::Ids& ids, Telling telling,
          const std::vector<alarm::Told>& alarms) {
    if (alarms.empty()) return;
    for (const auto& channel : transaction.list<ChannelRow>()) {
        if (channel->removed) continue;
        std::vector<alarm::Told> now;
        for (const alarm::Told& each : alarms)
            if (alarm::is_told_now(channel->pace,
                                   each.urgent ? alarm::Urgency::at_once : alarm::Urgency::can_wait))
                now.push_back(each);
        if (!now.empty())
            transaction.put(
                message_for(ids, channel->id, message_of(telling, std::move(now)), transaction.now()));
    }
}

std::string signature(std::string_view secret, base::TimePoint now, std::string_view body) {
    const std::string time = std::to_string(base::unix_seconds(now));
    const std::string text = time + "." + std::string(body);
    return "t=" + time + ",v1=" + base::hmac_sha256(base::as_bytes(secret), base::as_bytes(text)).hex();
}

void Outbox::start() {
    look_each_second();
}

void Outbox::stop() {
    base::Lock lock(mutex_);
    stopped_ = true;
}

// Posts under the lock, so that nothing is posted once it was stopped.
void Outbox::look_each_second() {
    base::Lock lock(mutex_);
    if (stopped_) return;
    executor_.post_after(kEach, [this] {
        for (const TenantId tenant : core_.control.tenants())
            look(tenant);
        look_each_second();
    });
}

void Outbox::look(TenantId tenant) {
    const base::TimePoint now = core_.clock.now();
    for (const auto& channel : core_.control.list<ChannelRow>(tenant))
        if (!channel->removed && channel->pace == alarm::Pace::digest &&
            now >= alarm::next_digest(channel->digested.value_or(channel->created)))
            digest(tenant, *channel);
    // In the order of their ids: what was told first goes first, but what failed does not hold up the rest.
    for (const auto& message : core_.control.list<MessageRow>(tenant)) {
        if (!message->next_try || *message->next_try > now) continue;
        std::optional<base::Status> outcome;
        {
            base::Lock lock(mutex_);
            if (stopped_ || !busy_.insert(message->channel).second) continue;
            if (const auto known = unnoted_.find(message->id); known != unnoted_.end())
                outcome = known->second;
        }
        if (outcome)
            delivered(tenant, *message, std::move(*outcome));
        else
            deliver(tenant, *message);
    }
}

void Outbox::digest(TenantId tenant, const ChannelRow& channel) {
    std::vector<alarm::Told> open;
    for (const auto& row : core_.control.list<ports::AlarmRow>(tenant)) {
        const State state = state_of(*row, core_.clock.now());
        if (!passes(Filter::open, state)) continue;
        open.push_back(told_of(*row, alarms_.words_for_all(tenant, *row)));
    }
    std::ranges::stable_sort(open, [](const auto& a, const auto& b) { return a.urgent > b.urgent; });
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [this, id = channel.id, seen = channel.digested,
         open = std::move(open)](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ChannelRow>(id);
            if (!stored || stored->removed || stored->digested != seen) return {};
            ChannelRow row = *stored;
            row.digested = transaction.now();
            transaction.put(std::move(row));
            // Nothing wrong is nothing to read.
            if (!open.empty())
                transaction.put(
                    message_for(core_.ids, id, message_of(Telling::digest, open), transaction.now()));
            return {};
        },
        [this](base::Status status) {
            if (!status.ok())
                log_.write(base::LogLevel::warning, "alarm",
                           "a digest could not be made and is tried again: " + status.error().text());
        });
}

base::Result<ports::Parcel> Outbox::parcel(const ChannelRow& channel, const MessageRow& message) const {
    TRY_VALUE(const alarm::Message content, messages::from_stored(message.content));
    TRY_VALUE(const base::Bytes opened, sealer_.open(channel.address, address_purpose(channel.id)));
    std::string address(opened.begin(), opened.end());
    std::string secret;
    if (!channel.secret.empty()) {
        TRY_VALUE(const base::Bytes key, sealer_.open(channel.secret, secret_purpose(channel.id)));
        secret.assign(key.begin(), key.end());
    }
    const messages::Envelope envelope{message.id.text(), message.created, address_()};
    switch (channel.kind) {
    case ChannelKind::mail:
        return ports::Parcel(ports::MailParcel{
            std::move(address), channel.account, std::move(secret), channel.sender, channel.recipients,
            messages::mail(content, envelope, {channel.sender, channel.recipients})});
    case ChannelKind::slack:
        return ports::Parcel(ports::WebhookParcel{
            std::move(address), {{"Content-Type", "application/json"}}, messages::slack(content, envelope)});
    case ChannelKind::teams:
        return ports::Parcel(ports::WebhookParcel{
            std::move(address), {{"Content-Type", "application/json"}}, messages::teams(content, envelope)});
    case ChannelKind::webhook:
        break;
    }
    std::string body = messages::cloud_event(content, envelope);
    std::string signed_by = signature(secret, core_.clock.now(), body);
    return ports::Parcel(
        ports::WebhookParcel{std::move(address),
                             {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                              {"Oakum-Signature", std::move(signed_by)}},
                             std::move(body)});
}

void Outbox::deliver(TenantId tenant, const MessageRow& message) {
    const auto channel = core_.control.find<ChannelRow>(tenant, message.channel);
    if (!channel || channel->removed)
        return delivered(tenant, message, base::invalid("the channel was removed"));
    auto made = parcel(*channel, message);
    if (!made.ok()) return delivered(tenant, message, std::move(made).error());
    courier_.deliver(std::move(*made), [this, tenant, message](base::Status status) {
        delivered(tenant, message, std::move(status));
    });
}

void Outbox::delivered(TenantId tenant, const MessageRow& message, base::Status status) {
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::person,
        [message, status](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<MessageRow>(message.id);
            if (!stored || stored->ended) return {};
            MessageRow row = *stored;
            ++row.attempts;
            row.next_try.reset();
            row.error = status.ok() ? "" : status.error().message;
            // What the receiver refuses for good would be refused again.
            if (!status.ok() && status.error().kind == base::ErrorKind::unavailable)
                if (const auto wait = alarm::wait_after(row.attempts))
                    row.next_try = transaction.now() + *wait;
            if (!row.next_try) row.ended = transaction.now();
            transaction.put(std::move(row));
            note_outcome(transaction, message.channel, status);
            return {};
        },
        [this, id = message.id, channel = message.channel, status](base::Status stored) {
            bool first = false;
            {
                base::Lock lock(mutex_);
                if (stored.ok())
                    unnoted_.erase(id);
                else
                    first = unnoted_.emplace(id, status).second;
            }
            if (first)
                log_.write(base::LogLevel::warning, "alarm",
                           "what became of a message could not be stored and is stored later; if the server "
                           "ends before that, it is told twice: " +
                               stored.error().text());
            release(channel);
        });
}

void Outbox::release(ChannelId channel) {
    base::Lock lock(mutex_);
    busy_.erase(channel);
}

void Outbox::test(const access::Actor& actor, ChannelId id, shard::Completion<Tested> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::channel_edit); !allowed.ok())
        return done(std::move(allowed).error());
    const TenantId tenant = fleet::tenant_of(actor);
    const auto channel = core_.control.find<ChannelRow>(tenant, id);
    if (!channel || channel->removed) return done(base::not_found("there is no channel " + id.text()));
    const MessageRow message = message_for(core_.ids, id, message_of(Telling::test, {}), core_.clock.now());
    auto made = parcel(*channel, message);
    if (!made.ok()) return done(std::move(made).error());
    courier_.deliver(std::move(*made),
                     [this, tenant, actor, id, done = std::move(done)](base::Status status) {
                         core_.writer.submit<Tested>(
                             shard::control_of(tenant), shard::Priority::person,
                             [actor, id, status](shard::Transaction& transaction) -> base::Result<Tested> {
                                 transaction.audit({actor.text(), "channel.test", "channel " + id.text(), "",
                                                    "", status.ok() ? "it arrived" : status.error().message});
                                 note_outcome(transaction, id, status);
                                 return Tested{status.ok(), status.ok() ? "" : status.error().message};
                             },
                             done);
                     });
}

} // namespace oakum::alarms
