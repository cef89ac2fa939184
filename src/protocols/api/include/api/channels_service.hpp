// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/channel.hpp>
#include <alarm/ids.hpp>
#include <api/answer.hpp>
#include <base/time.hpp>

namespace oakum::api {

// Without what is secret of it.
struct Channel {
    alarm::ChannelId id;
    std::string name;
    alarm::ChannelKind kind = alarm::ChannelKind::webhook;
    alarm::Pace pace = alarm::Pace::digest;
    std::string server; // host and port
    std::optional<std::string> account, sender;
    std::vector<std::string> recipients;
    base::TimePoint created{};
    std::string created_by;
    std::optional<base::TimePoint> delivered, failed; // failed: since when nothing arrives
    std::optional<std::string> last_error;            // in words
};

struct ChannelNew {
    std::string name;
    alarm::ChannelKind kind = alarm::ChannelKind::webhook;
    alarm::Pace pace = alarm::Pace::digest;
    std::string address, secret, account, sender;
    std::vector<std::string> recipients;
};
// Nothing: stays.
struct ChannelPatch {
    std::optional<std::string> name, address, secret, account, sender;
    std::optional<alarm::Pace> pace;
    std::optional<std::vector<std::string>> recipients;
};
struct ChannelCreated {
    Channel channel;
    std::optional<std::string> secret; // of a webhook, when it was made here: told once
};
struct ChannelTest {
    bool delivered = false;
    std::string sentence; // what happened
};

// Errors: denied, not_found, invalid (with its place), conflict (the name is taken).
class ChannelsService {
  public:
    virtual ~ChannelsService() = default;
    virtual void list(const access::Actor& actor, Answer<std::vector<Channel>> answer) = 0;
    virtual void add(const access::Actor& actor, ChannelNew channel, Answer<ChannelCreated> answer) = 0;
    // A new address needs the secret anew; else it stays when it is not given.
    virtual void change(const access::Actor& actor, alarm::ChannelId id, ChannelPatch patch,
                        Answer<Channel> answer) = 0;
    virtual void remove(const access::Actor& actor, alarm::ChannelId id, Answer<base::Nothing> answer) = 0;
    // Sends a message now and waits for what becomes of it.
    virtual void test(const access::Actor& actor, alarm::ChannelId id, Answer<ChannelTest> answer) = 0;
};

} // namespace oakum::api
