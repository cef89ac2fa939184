// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/channel.hpp>
#include <fleet/core.hpp>
#include <ports/sealer.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::alarms {

struct ChannelNew {
    std::string name;
    alarm::ChannelKind kind = alarm::ChannelKind::webhook;
    alarm::Pace pace = alarm::Pace::digest;
    std::string address;         // "https://...", of mail "smtp://host:587" or "smtps://host:465"
    std::string secret;          // webhook: the key of its signature, made when empty; mail: the password
    std::string account, sender; // mail
    std::vector<std::string> recipients; // mail
};
struct ChannelMade {
    ports::ChannelRow row;
    std::string secret; // of a webhook, when it was made here: told once
};

// What is to be otherwise; nothing: stays. The kind stays: another kind is another channel.
struct ChannelPatch {
    std::optional<std::string> name, address, secret, account, sender;
    std::optional<alarm::Pace> pace;
    std::optional<std::vector<std::string>> recipients;
};

// What a channel's sealed texts are sealed for: none opens in the place of another.
std::string address_purpose(alarm::ChannelId channel);
std::string secret_purpose(alarm::ChannelId channel);

// Whether webhooks may go to this machine and to private networks: decided by who starts the server.
enum class OwnAddresses : bool { refused, allowed };

// Where alarms are told. Addresses and secrets are sealed when they come and never given back.
class Channels {
  public:
    Channels(fleet::Core& core, ports::Sealer& sealer, ports::Random& random, OwnAddresses own)
        : core_(core), sealer_(sealer), random_(random), own_(own) {}

    // Without what is sealed, by name. Errors: denied.
    base::Result<std::vector<ports::ChannelRow>> list(const access::Actor& actor) const;
    // Errors: denied, not_found.
    base::Result<ports::ChannelRow> get(const access::Actor& actor, alarm::ChannelId id) const;
    // Errors: denied, invalid (with its place), conflict (the name is taken, or there are too many).
    void add(const access::Actor& actor, ChannelNew channel, shard::Completion<ChannelMade> done);
    // A secret that is not given stays, except when the address changes: then it is given anew, so that
    // nobody who may change a channel has its secret sent to an address of theirs. Errors: denied, not_found,
    // invalid (with its place), conflict (the name is taken).
    void change(const access::Actor& actor, alarm::ChannelId id, ChannelPatch patch,
                shard::Completion<ports::ChannelRow> done);
    // What waits for it is not told any more. Errors: denied, not_found.
    void remove(const access::Actor& actor, alarm::ChannelId id, std::function<void(base::Status)> done);

  private:
    base::Result<ChannelNew> merged(const ports::ChannelRow& held, ChannelPatch patch) const;
    base::Result<ports::ChannelRow> sealed(const ports::ChannelRow& held, const ChannelNew& channel) const;

    fleet::Core& core_;
    ports::Sealer& sealer_;
    ports::Random& random_;
    const OwnAddresses own_;
};

} // namespace oakum::alarms
