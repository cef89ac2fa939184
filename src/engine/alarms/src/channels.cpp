// SPDX-License-Identifier: Apache-2.0
#include <alarms/channels.hpp>

#include <base/bytes.hpp>
#include <json/writer.hpp>
#include <messages/messages.hpp>

#include <algorithm>
#include <array>

namespace oakum::alarms {

using access::Action;
using alarm::ChannelKind;
using ports::ChannelRow;

namespace {

constexpr std::size_t kLongestName = 64, kLongestAddress = 2048, kLongestSecret = 512, kMostRecipients = 50;
constexpr std::size_t kMostChannels = 50;

bool is_line(std::string_view text) {
    return base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

// Host and port, which may be shown; what follows them may be a secret.
base::Result<std::string> server_of(std::string_view address, std::string_view scheme) {
    const std::string_view rest = address.substr(scheme.size());
    const std::string_view server = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
    const bool plain = std::ranges::all_of(address, [](char c) { return c > 0x20 && c < 0x7F && c != '\\'; });
    if (!plain || server.empty() || server.size() > 255 || server.find('@') != std::string_view::npos ||
        address.find('#') != std::string_view::npos)
        return base::invalid("an address has a host, no user, no spaces and no #").at("/address");
    return std::string(server);
}

base::Result<std::string> check_address(const ChannelNew& channel, OwnAddresses own) {
    if (channel.address.size() > kLongestAddress)
        return base::too_large("an address has at most 2,048 bytes").at("/address");
    const std::string_view address = channel.address;
    if (channel.kind == ChannelKind::mail) {
        for (const std::string_view scheme : {"smtps://", "smtp://"}) {
            if (!address.starts_with(scheme)) continue;
            TRY_VALUE(std::string server, server_of(address, scheme));
            if (server.size() + scheme.size() != address.size())
                return base::invalid("a mail server's address ends with its port").at("/address");
            return server;
        }
        return base::invalid("a mail server is smtp://HOST:587 (STARTTLS) or smtps://HOST:465")
            .at("/address");
    }
    if (address.starts_with("https://")) return server_of(address, "https://");
    if (address.starts_with("http://") && own == OwnAddresses::allowed) return server_of(address, "http://");
    return base::invalid("an address begins with https://").at("/address");
}

base::Status check_mail(const ChannelNew& channel) {
    if (channel.kind != ChannelKind::mail) {
        if (!channel.sender.empty() || !channel.recipients.empty() || !channel.account.empty())
            return base::invalid("a sender, recipients and an account are for mail").at("/kind");
        return {};
    }
    if (auto sender = messages::check_mail_address(channel.sender); !sender.ok())
        return std::move(sender).error().at("/sender");
    if (channel.recipients.empty() || channel.recipients.size() > kMostRecipients)
        return base::invalid("mail goes to 1 to 50 addresses").at("/recipients");
    for (std::size_t i = 0; i < channel.recipients.size(); ++i)
        if (auto checked = messages::check_mail_address(channel.recipients[i]); !checked.ok())
            return std::move(checked).error().at("/recipients/" + std::to_string(i));
    if (!is_line(channel.account) || channel.account.size() > 254)
        return base::invalid("an account has at most 254 characters").at("/account");
    if (channel.account.empty() != channel.secret.empty())
        return base::invalid("an account needs its password, and a password its account").at("/account");
    return {};
}

// The server, when all of it is right. Errors: invalid, too_large, with its place.
base::Result<std::string> check(const ChannelNew& channel, OwnAddresses own) {
    if (channel.name.empty() || channel.name.size() > kLongestName || !is_line(channel.name))
        return base::invalid("a name has 1 to 64 bytes, on one line").at("/name");
    TRY_VALUE(std::string server, check_address(channel, own));
    if (channel.secret.size() > kLongestSecret || !is_line(channel.secret))
        return base::invalid("a secret has at most 512 bytes, on one line").at("/secret");
    const bool chat = channel.kind == ChannelKind::slack || channel.kind == ChannelKind::teams;
    if (chat && !channel.secret.empty())
        return base::invalid("the secret of Slack and Teams is their address").at("/secret");
    TRY(check_mail(channel));
    return server;
}

// What people decide about it; deliveries change the rest.
bool same_settings(const ChannelRow& a, const ChannelRow& b) {
    return a.name == b.name && a.pace == b.pace && a.address == b.address && a.secret == b.secret &&
           a.account == b.account && a.sender == b.sender && a.recipients == b.recipients;
}

// For the audit log: what may be shown.
std::string describe(const ChannelRow& row) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("name", row.name)
        .member("kind", to_string(row.kind))
        .member("server", row.server)
        .member("pace", to_string(row.pace))
        .end_object();
    return text;
}

ChannelRow shown(ChannelRow row) {
    row.address.clear();
    row.secret.clear();
    return row;
}

} // namespace

std::string address_purpose(alarm::ChannelId channel) {
    return "address of channel " + channel.text();
}

std::string secret_purpose(alarm::ChannelId channel) {
    return "secret of channel " + channel.text();
}

base::Result<std::vector<ChannelRow>> Channels::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::channel_read));
    std::vector<ChannelRow> rows;
    for (const auto& row : core_.control.list<ChannelRow>(fleet::tenant_of(actor)))
        if (!row->removed) rows.push_back(shown(*row));
    std::ranges::sort(rows, {}, &ChannelRow::name);
    return rows;
}

base::Result<ChannelRow> Channels::get(const access::Actor& actor, alarm::ChannelId id) const {
    TRY(fleet::may_do(actor, Action::channel_read));
    const auto row = core_.control.find<ChannelRow>(fleet::tenant_of(actor), id);
    if (!row || row->removed) return base::not_found("there is no channel " + id.text());
    return shown(*row);
}

void Channels::add(const access::Actor& actor, ChannelNew channel, shard::Completion<ChannelMade> done) {
    if (auto allowed = fleet::may_do(actor, Action::channel_edit); !allowed.ok())
        return done(std::move(allowed).error());
    auto server = check(channel, own_);
    if (!server.ok()) return done(std::move(server).error());
    std::string made;
    if (channel.kind == ChannelKind::webhook && channel.secret.empty()) {
        std::array<std::uint8_t, 32> bytes{};
        random_.fill(bytes);
        made = channel.secret = base::to_base64url(bytes);
    }
    const auto id = core_.ids.next_as<alarm::ChannelId>();
    auto address = sealer_.seal(base::as_bytes(channel.address), address_purpose(id));
    if (!address.ok()) return done(std::move(address).error());
    auto secret = channel.secret.empty() ? base::Result<std::string>(std::string())
                                         : sealer_.seal(base::as_bytes(channel.secret), secret_purpose(id));
    if (!secret.ok()) return done(std::move(secret).error());
    ChannelRow row;
    row.id = id;
    row.name = channel.name;
    row.kind = channel.kind;
    row.pace = channel.pace;
    row.server = std::move(*server);
    row.address = std::move(*address);
    row.secret = std::move(*secret);
    row.account = channel.account;
    row.sender = channel.sender;
    row.recipients = channel.recipients;
    row.created_by = actor.name;
    core_.writer.submit<ChannelMade>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, row = std::move(row),
         made = std::move(made)](shard::Transaction& transaction) mutable -> base::Result<ChannelMade> {
            std::size_t count = 0;
            for (const auto& other : transaction.list<ChannelRow>()) {
                if (other->removed) continue;
                ++count;
                if (other->name == row.name)
                    return base::conflict("there is a channel '" + row.name + "' already").at("/name");
            }
            if (count >= kMostChannels) return base::conflict("there are 50 channels already");
            row.created = transaction.now();
            transaction.audit(
                {actor.text(), "channel.create", "channel " + row.id.text(), "", describe(row), ""});
            transaction.change("channel", row.id.text());
            transaction.put(row);
            return ChannelMade{shown(row), made};
        },
        std::move(done));
}

// The channel as it is to be, with its secrets open.
base::Result<ChannelNew> Channels::merged(const ChannelRow& held, ChannelPatch patch) const {
    const auto open = [&](const std::string& text, const std::string& purpose) -> base::Result<std::string> {
        if (text.empty()) return std::string();
        TRY_VALUE(const base::Bytes bytes, sealer_.open(text, purpose));
        return std::string(base::as_text(bytes));
    };
    TRY_VALUE(const std::string address, open(held.address, address_purpose(held.id)));
    TRY_VALUE(std::string secret, open(held.secret, secret_purpose(held.id)));
    ChannelNew channel;
    channel.kind = held.kind;
    channel.name = patch.name.value_or(held.name);
    channel.pace = patch.pace.value_or(held.pace);
    channel.address = patch.address.value_or(address);
    channel.account = patch.account.value_or(held.account);
    channel.sender = patch.sender.value_or(held.sender);
    channel.recipients = patch.recipients.value_or(held.recipients);
    if (channel.address != address && !secret.empty() && !patch.secret)
        return base::invalid(
                   "the address changes, so give the secret anew: what is kept is sent to no other address")
            .at("/secret");
    channel.secret = patch.secret.value_or(std::move(secret));
    if (channel.account.empty() && held.kind == ChannelKind::mail && !patch.secret) channel.secret.clear();
    if (channel.kind == ChannelKind::webhook && channel.secret.empty())
        return base::invalid("a webhook has a key for its signature").at("/secret");
    return channel;
}

base::Result<ChannelRow> Channels::sealed(const ChannelRow& held, const ChannelNew& channel) const {
    ChannelRow row = held;
    TRY_VALUE(row.server, check(channel, own_));
    TRY_VALUE(row.address, sealer_.seal(base::as_bytes(channel.address), address_purpose(held.id)));
    row.secret.clear();
    if (!channel.secret.empty()) {
        TRY_VALUE(row.secret, sealer_.seal(base::as_bytes(channel.secret), secret_purpose(held.id)));
    }
    row.name = channel.name;
    row.pace = channel.pace;
    row.account = channel.account;
    row.sender = channel.sender;
    row.recipients = channel.recipients;
    return row;
}

void Channels::change(const access::Actor& actor, alarm::ChannelId id, ChannelPatch patch,
                      shard::Completion<ChannelRow> done) {
    if (auto allowed = fleet::may_do(actor, Action::channel_edit); !allowed.ok())
        return done(std::move(allowed).error());
    const auto held = core_.control.find<ChannelRow>(fleet::tenant_of(actor), id);
    if (!held || held->removed) return done(base::not_found("there is no channel " + id.text()));
    auto wanted = merged(*held, std::move(patch));
    if (!wanted.ok()) return done(std::move(wanted).error());
    auto row = sealed(*held, *wanted);
    if (!row.ok()) return done(std::move(row).error());
    core_.writer.submit<ChannelRow>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, row = std::move(*row),
         seen = *held](shard::Transaction& transaction) mutable -> base::Result<ChannelRow> {
            const auto stored = transaction.find<ChannelRow>(row.id);
            if (!stored || stored->removed) return base::not_found("there is no channel " + row.id.text());
            for (const auto& other : transaction.list<ChannelRow>())
                if (!other->removed && other->id != row.id && other->name == row.name)
                    return base::conflict("there is a channel '" + row.name + "' already").at("/name");
            // What deliveries noted meanwhile stays; what a person changed meanwhile does not get lost
            // unseen.
            if (!same_settings(*stored, seen))
                return base::conflict("somebody else changed this channel meanwhile: look at it again");
            row.digested = stored->digested;
            row.delivered = stored->delivered;
            row.failed = stored->failed;
            row.last_error = stored->last_error;
            transaction.audit({actor.text(), "channel.update", "channel " + row.id.text(), describe(*stored),
                               describe(row), ""});
            transaction.change("channel", row.id.text());
            transaction.put(row);
            return shown(row);
        },
        std::move(done));
}

void Channels::remove(const access::Actor& actor, alarm::ChannelId id,
                      std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, Action::channel_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, id](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ChannelRow>(id);
            if (!stored || stored->removed) return base::not_found("there is no channel " + id.text());
            ChannelRow row = shown(*stored);
            row.removed = true;
            transaction.audit(
                {actor.text(), "channel.remove", "channel " + id.text(), describe(*stored), "", ""});
            transaction.change("channel", id.text());
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

} // namespace oakum::alarms
