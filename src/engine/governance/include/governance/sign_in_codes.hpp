// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <governance/sessions.hpp>
#include <governance/throttle.hpp>
#include <governance/tokens.hpp>

#include <list>
#include <optional>
#include <string>

namespace oakum::governance {

struct CodeBegun {
    std::string secret; // of who asks: what it polls with
    std::string code;   // that a person types: "BCDF-GHJK"
    base::Duration lives{}, interval{};
};
// What a person is shown before they let it in.
struct CodeAsked {
    std::string code;
    std::string client;  // what it calls itself; nobody checked that
    std::string address; // from where it asked
    base::TimePoint at{}, until{};
};
enum class CodeState : std::uint8_t { waiting, slow_down, refused, over, granted };
std::string_view to_string(CodeState state);
struct CodePolled {
    CodeState state = CodeState::waiting;
    base::Duration interval{}; // before it may ask again
    std::optional<NewToken> token;
    std::string name; // of the person
    access::Role role = access::Role::viewer;
};

// Signing in a program that has no browser of its own (the shape of RFC 8628): it shows a code, a person who
// is signed in types it on a page that says what asks, and the program gets a token of theirs. Held in memory
// for ten minutes: a restart means beginning again. The token is made when the program comes for it, with the
// rights that the person has then. Callable from any thread.
class SignInCodes {
  public:
    static constexpr base::Duration kLives = std::chrono::minutes(10), kInterval = std::chrono::seconds(5);
    static constexpr std::size_t kMost = 500, kMostOfPlace = 10;

    SignInCodes(shard::Writer& writer, shard::ControlTables& control, Tokens& tokens, ports::Clock& clock,
                ports::Random& random)
        : writer_(writer), control_(control), tokens_(tokens), clock_(clock), random_(random),
          begins_({.free = 30, .longest = std::chrono::minutes(15), .capacity = 8192}),
          guesses_({.free = 5, .longest = std::chrono::minutes(15), .capacity = 8192}) {}

    // Errors: invalid (what it calls itself), unavailable (too many of this place, or of all).
    base::Result<CodeBegun> begin(device::TenantId tenant, const Origin& origin, std::string client);
    // One that nobody knows is over.
    void poll(std::string_view secret, shard::Completion<CodePolled> done);

    // By a person in a session. A wrong code counts against them, whoever's page it is. Errors: denied (a
    // token asks), not_found, unavailable (too many guesses).
    base::Result<CodeAsked> look(const Principal& person, std::string_view typed);
    enum class Answer : bool { refuse, grant };
    void decide(const Principal& person, std::string_view typed, Answer answer,
                std::function<void(base::Status)> done);

  private:
    struct Held {
        device::TenantId tenant;
        base::Digest256 secret;
        CodeAsked asked;
        std::string network;
        base::Duration until{}; // monotonic
        base::Duration interval = kInterval;
        std::optional<base::Duration> polled;
        CodeState state = CodeState::waiting;
        bool deciding = false, collecting = false;
        access::Actor person; // who granted it
    };
    using Place = std::list<Held>::iterator;
    void forget_old() REQUIRES(mutex_);
    std::optional<Place> by_code(device::TenantId tenant, std::string_view typed) REQUIRES(mutex_);
    std::optional<Place> by_secret(std::string_view secret) REQUIRES(mutex_);
    base::Status may_guess(const Principal& person);
    void collect(access::Actor person, std::string client, shard::Completion<CodePolled> done);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    Tokens& tokens_;
    ports::Clock& clock_;
    ports::Random& random_;
    Throttle begins_, guesses_;
    base::Mutex mutex_;
    std::list<Held> held_ GUARDED_BY(mutex_); // the oldest first
};

// As it is compared: capitals alone, eight letters without vowels. Nothing: no code looks like that.
std::optional<std::string> code_core(std::string_view typed);

} // namespace oakum::governance
