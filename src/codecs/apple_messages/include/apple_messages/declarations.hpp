// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple/phone.hpp>
#include <apple_messages/inventory.hpp>
#include <base/bytes.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::apple_messages {

// One of what is declared to a phone.
struct Declaration {
    std::string kind; // "activation", "configuration": as it is asked for
    std::string identifier;
    std::string token; // another one with each change of what it says
    std::string text;  // the whole, as JSON
};
// Under which the enforcement of a version is declared.
inline constexpr std::string_view kSystemDeclaration = "oakum.system";

// All of them, for a phone that runs that version; the activation first.
std::vector<Declaration> declarations_of(const apple::Phone& phone, std::string_view os_version);

// The answers to `tokens` and `declaration-items`; `since`: when they became so.
std::string write_tokens(const std::vector<Declaration>& all, base::TimePoint since);
std::string write_items(const std::vector<Declaration>& all);
// Null: there is none, or no more. `endpoint`: "declaration/configuration/oakum.system".
const Declaration* find(const std::vector<Declaration>& all, std::string_view endpoint);

// What a phone reports of itself.
struct Status {
    bool full = false; // all that is subscribed to; otherwise what changed
    Facts facts;       // under our keys, without the version
    std::vector<std::string> forget;
    // Of its system; nothing: it was not told.
    std::optional<std::string> version, extra; // "26.6.1", "(a)"
    // Of the enforcement, as the phone took it.
    struct Taken {
        std::string token;
        bool active = false, valid = false;
        std::string error; // why not, in its words and Apple's codes
    };
    std::optional<Taken> system;
    bool tells_declarations = false;
};
inline constexpr std::size_t kMostStatus = std::size_t{2} << 20;
// Errors: invalid, too_large.
base::Result<Status> read_status(std::string_view json);

} // namespace oakum::apple_messages
