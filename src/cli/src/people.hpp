// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// People, their passwords and their tokens.
namespace oakum::cli {

// Signs in once, makes an API token of 30 days with the user's own rights, and keeps it for the next
// commands.
base::Status login(Console& console, const Connection& connection, const std::string& user,
                   const std::string& one_time);
// The same by a code: shown here, typed by somebody who is signed in on a page of the server, which may be at
// an identity provider. Waits until they let it in, or ten minutes are over.
base::Status login_by_code(Console& console, const Connection& connection);
// Ends the token that `login` kept, and forgets it.
base::Status logout(Console& console, const Connection& connection, Api& api);
base::Status who_am_i(const Flow& flow);

struct NewUser {
    std::string name, role;
    std::vector<std::string> groups; // ids or names; none: the whole fleet
    bool password_stdin = false;
    std::string subject; // at the identity provider; empty: a password
};
base::Status create_user(const Flow& flow, const NewUser& user);
base::Status set_password(const Flow& flow, const std::string& user, bool password_stdin);

// One's authenticator: the person signs in for it.
enum class TotpChange { on, off, codes };
base::Status change_totp(const Flow& flow, const Connection& connection, TotpChange change, std::string user);

base::Status make_break_glass(const Flow& flow, const std::string& name, bool renew);

// A token cannot make tokens: the person signs in for it, and is signed out again.
struct NewToken {
    std::string label, user;
    std::vector<std::string> scopes;
    int days = 0;
    bool password_stdin = false;
};
base::Status create_token(const Flow& flow, const Connection& connection, const NewToken& token);

} // namespace oakum::cli
