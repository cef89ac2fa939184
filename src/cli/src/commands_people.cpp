// SPDX-License-Identifier: Apache-2.0
#include "command_builder.hpp"

namespace oakum::cli {

void add_people(Builder& builder) {
    Given& given = builder.given;
    Session& session = builder.session;
    CLI::App* person = builder.noun("user")->add_subcommand(
        "create", "let somebody in; the password is asked for, or read from standard input");
    person->add_option("--name", given.person.name, "the name to sign in with")->required();
    person->add_option("--role", given.person.role, "viewer, operator, approver or administrator")
        ->required();
    person->add_option("--group", given.person.groups,
                       "only the devices of this group: id or name; may be given again");
    CLI::Option* stdin_given =
        person->add_flag("--password-stdin", given.person.password_stdin, "do not prompt");
    person
        ->add_option("--subject", given.person.subject,
                     "who it is at the identity provider (sub): they sign in there, without a password here")
        ->excludes(stdin_given);
    builder.does(person, [&](const Flow& flow) { return create_user(flow, given.person); });

    CLI::App* password = builder.noun("user")->add_subcommand(
        "password", "change a password; it is asked for, or read from standard input");
    password->add_option("id", given.user, "whose: id or name")->required();
    password->add_flag("--password-stdin", given.password_stdin, "do not prompt");
    builder.does(password, [&](const Flow& flow) {
        session.line.values["id"] = given.user;
        return set_password(flow, given.user, given.password_stdin);
    });

    for (const auto& [name, change, help] :
         {std::tuple("on", TotpChange::on,
                     "set up an authenticator: a code is then asked for at each sign-in"),
          std::tuple("codes", TotpChange::codes, "new recovery codes in place of those that are left"),
          std::tuple("off", TotpChange::off, "no longer ask for a code")}) {
        CLI::App* totp = builder.noun("totp")->add_subcommand(name, help);
        totp->add_option("--user", given.user, "your name; without it, whose token this is");
        builder.does(totp, [&, wanted = change](const Flow& flow) -> base::Status {
            TRY_VALUE(const Connection connection, session.connection());
            return change_totp(flow, connection, wanted, given.user);
        });
    }
    CLI::App* glass = builder.noun("user")->add_subcommand(
        "break-glass", "an account for when nothing else lets anybody in; its password is shown once");
    glass->add_option("--name", given.person.name, "its name")->default_val("break-glass");
    glass->add_flag("--renew", given.renew, "a new password for the one there is");
    builder.does(glass,
                 [&](const Flow& flow) { return make_break_glass(flow, given.person.name, given.renew); });

    NewToken& token = given.token;
    CLI::App* make = builder.noun("token")->add_subcommand(
        "create", "a new API token; its secret is shown once, and you sign in for it");
    make->add_option("--label", token.label, "what it is for")->required();
    make->add_option("--scopes", token.scopes, "read,operate,approve,administer")
        ->required()
        ->delimiter(',')
        ->check(CLI::IsMember({"read", "operate", "approve", "administer"}));
    make->add_option("--days", token.days, "days until it ends")->required()->check(CLI::Range(1, 366));
    make->add_option("--user", token.user, "whose it will be; without it, yours");
    make->add_flag("--password-stdin", token.password_stdin, "do not prompt");
    builder.does(make, [&](const Flow& flow) -> base::Status {
        TRY_VALUE(const Connection connection, session.connection());
        return create_token(flow, connection, token);
    });

    CLI::App* sign_in = builder.app.add_subcommand(
        "login", "sign in and keep a token for the next commands: by a code that you type on a page "
                 "of the server, or with --user and a password");
    sign_in->add_option("--user", given.user, "your name, to sign in with a password here");
    sign_in->add_option("--one-time", given.one_time, "the token of a one-time sign-in link");
    builder.on(sign_in, [&]() -> base::Status {
        TRY_VALUE(const Connection connection, session.connection());
        if (given.user.empty() && given.one_time.empty()) return login_by_code(session.console, connection);
        return login(session.console, connection, given.user, given.one_time);
    });
    CLI::App* sign_out = builder.app.add_subcommand("logout", "end the token that login made, and forget it");
    builder.on(sign_out, [&]() -> base::Status {
        TRY_VALUE(const Connection connection, session.connection());
        TRY_VALUE(Api api, session.api());
        return logout(session.console, connection, api);
    });
    CLI::App* who = builder.app.add_subcommand("whoami", "who you are to the server, and what you may do");
    builder.does(who, who_am_i);
}

} // namespace oakum::cli
