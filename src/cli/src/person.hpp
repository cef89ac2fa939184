// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <cli/console.hpp>

#include <memory>
#include <string>

namespace oakum::cli {

// A signed-in person, for as long as one command needs it: what a token may not do.
struct SignedIn {
    std::unique_ptr<ports::HttpClient> client;
    std::string cookie, csrf, name, role;
    bool second_factor_due = false;

    ports::ClientRequest request(ports::Method method, std::string target, std::string body) const;
    // The parsed answer, or the server's problem as an error. `expected`: the status of success.
    base::Result<json::Value> post(std::string target, std::string body, int expected) const;
    base::Status sign_out() const;
};

// Errors: denied with the server's words.
base::Result<SignedIn> sign_in(Console& console, const Connection& connection, const std::string& target,
                               std::string body);
// Asks for the password and, when the server wants it, for a code. Quiet: both are lines of standard input.
base::Result<SignedIn> with_password(Console& console, const Connection& connection, const std::string& user,
                                     bool quiet);

// Shows a new secret, asks for a code of it, and shows the codes on paper.
base::Status enrol(Console& console, const SignedIn& person);
void show_recovery_codes(Console& console, const json::Value& answer);

} // namespace oakum::cli
