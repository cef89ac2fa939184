// SPDX-License-Identifier: Apache-2.0
#include <governance/users.hpp>

#include "rows.hpp"

#include <access/break_glass.hpp>
#include <governance/password_rules.hpp>
#include <governance/secrets.hpp>

#include <algorithm>

namespace oakum::governance {
namespace {

base::Status check_scope(shard::Transaction& transaction, const std::vector<device::GroupId>& scope) {
    if (scope.size() > 64) return base::invalid("a scope has at most 64 groups").at("/scope");
    for (std::size_t i = 0; i < scope.size(); ++i) {
        const auto group = transaction.find<ports::GroupRow>(scope[i]);
        if (!group || group->deleted)
            return base::not_found("there is no group " + scope[i].text()).at("/scope/" + std::to_string(i));
    }
    return {};
}

bool rules_all(const ports::UserRow& user) {
    return !user.disabled && user.role == access::Role::administrator && user.scope.empty();
}

} // namespace

std::string tag_of(const ports::UserRow& user) {
    return base::sha256(json_of(user)).hex().substr(0, 16);
}

base::Result<std::vector<ports::UserRow>> Users::list(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::user_read).status());
    std::vector<ports::UserRow> users;
    for (const auto& user : control_.list<ports::UserRow>(tenant_of(actor)))
        users.push_back(*user);
    return users;
}

void Users::hashed(std::optional<std::string> password, std::function<void(base::Result<std::string>)> then) {
    if (!password) return then(std::string());
    slow_.post(
        [this, password = std::move(*password), then = std::move(then)] { then(passwords_.hash(password)); });
}

namespace {

// RFC: OpenID Connect Core 1.0, section 2: at most 255 ASCII characters.
base::Status check_subject(const std::string& subject, const std::string& provider) {
    if (provider.empty())
        return base::invalid("this server knows no identity provider: oakumd --sign-in-with FILE");
    const bool plain = std::ranges::all_of(subject, [](char c) { return c > ' ' && c < '\x7f'; });
    if (subject.empty() || subject.size() > 255 || !plain)
        return base::invalid(
            "it is the provider's own id of the person (`sub`), up to 255 characters of ASCII");
    return {};
}

} // namespace

void Users::create(const access::Actor& actor, UserNew user, shard::Completion<ports::UserRow> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto name = check_user_name(user.name); !name.ok()) return done(std::move(name).error().at("/name"));
    std::optional<std::string> password;
    if (user.subject) {
        if (auto subject = check_subject(*user.subject, settings_.provider); !subject.ok())
            return done(std::move(subject).error().at("/subject"));
        if (!user.password.empty())
            return done(
                base::invalid("who signs in at the identity provider has no password here").at("/password"));
    } else {
        if (auto rules = check_password(user.password, user.name); !rules.ok())
            return done(std::move(rules).error().at("/password"));
        password = std::move(user.password);
    }
    hashed(std::move(password), [this, actor, user = std::move(user),
                                 done = std::move(done)](base::Result<std::string> hash) mutable {
        if (!hash.ok()) return done(std::move(hash).error());
        writer_.submit<ports::UserRow>(
            shard::control_of(tenant_of(actor)), shard::Priority::person,
            [this, actor, user,
             hash = *hash](shard::Transaction& transaction) -> base::Result<ports::UserRow> {
                if (user_named(transaction, user.name))
                    return base::conflict("there is a user \"" + user.name + "\" already").at("/name");
                if (transaction.list<ports::UserRow>().size() >= settings_.users)
                    return base::conflict("there are " + std::to_string(settings_.users) + " users already");
                TRY(check_scope(transaction, user.scope));
                ports::UserRow row;
                row.id = access::UserId(ids_.next());
                row.name = user.name;
                row.password_hash = hash;
                if (user.subject) {
                    row.identity = settings_.provider + " " + *user.subject;
                    for (const auto& other : transaction.list<ports::UserRow>())
                        if (other->identity == row.identity)
                            return base::conflict("\"" + other->name + "\" is this person already")
                                .at("/subject");
                }
                row.role = user.role;
                row.scope = user.scope;
                row.created = transaction.now();
                shard::AuditEntry entry = entry_of(actor, "user.create", "user " + row.id.text());
                entry.after = json_of(row);
                transaction.audit(std::move(entry));
                transaction.change("user", row.id.text());
                transaction.put(row);
                return *transaction.find<ports::UserRow>(row.id); // with its version
            },
            std::move(done));
    });
}

void Users::patch(const access::Actor& actor, access::UserId id, UserPatch patch,
                  shard::Completion<ports::UserRow> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    const auto before = control_.find<ports::UserRow>(tenant_of(actor), id);
    if (!before) return done(base::not_found("there is no user " + id.text()));
    if (patch.password)
        if (auto rules = check_password(*patch.password, before->name); !rules.ok())
            return done(std::move(rules).error().at("/password"));
    auto password = patch.password;
    hashed(std::move(password), [this, actor, id, patch = std::move(patch),
                                 done = std::move(done)](base::Result<std::string> hash) mutable {
        if (!hash.ok()) return done(std::move(hash).error());
        writer_.submit<ports::UserRow>(
            shard::control_of(tenant_of(actor)), shard::Priority::person,
            [actor, id, patch,
             hash = *hash](shard::Transaction& transaction) -> base::Result<ports::UserRow> {
                const auto stored = transaction.find<ports::UserRow>(id);
                if (!stored) return base::not_found("there is no user " + id.text());
                if (patch.expected && *patch.expected != tag_of(*stored))
                    return base::conflict("somebody else changed this user meanwhile").at("If-Match");
                if (stored->break_glass && !hash.empty())
                    return base::conflict("the break-glass account's password is made, not chosen: "
                                          "'oakum user break-glass --renew'")
                        .at("/password");
                if (!stored->identity.empty() && !hash.empty())
                    return base::conflict(
                               "this account signs in at the identity provider, and has no password here")
                        .at("/password");
                ports::UserRow row = *stored;
                row.role = patch.role.value_or(row.role);
                row.disabled = patch.disabled.value_or(row.disabled);
                if (patch.scope) {
                    TRY(check_scope(transaction, *patch.scope));
                    row.scope = *patch.scope;
                }
                if (!hash.empty()) row.password_hash = hash;
                if (rules_all(*stored) && !rules_all(row)) {
                    const auto users = transaction.list<ports::UserRow>();
                    if (std::ranges::count_if(users, [](const auto& user) { return rules_all(*user); }) < 2)
                        return base::conflict("this is the last administrator of the whole fleet; "
                                              "make another one first");
                }
                // What somebody may do has changed, or who may sign in as them: they sign in anew.
                if (row.disabled || !hash.empty() || row.role != stored->role || row.scope != stored->scope)
                    end_credentials(transaction, id, row.disabled ? ApiTokens::end : ApiTokens::stay);
                shard::AuditEntry entry = entry_of(actor, "user.update", "user " + id.text());
                entry.before = json_of(*stored);
                entry.after = json_of(row);
                entry.why = hash.empty() ? "" : "the password was set anew";
                transaction.audit(std::move(entry));
                transaction.change("user", id.text());
                transaction.put(row);
                return *transaction.find<ports::UserRow>(row.id); // with its version
            },
            std::move(done));
    });
}

void Users::make_break_glass(const access::Actor& actor, std::string name, bool renew,
                             shard::Completion<BreakGlass> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto good = check_user_name(name); !good.ok()) return done(std::move(good).error().at("/name"));
    const std::string password = new_secret(random_);
    hashed(password, [this, actor, name = std::move(name), renew, password,
                      done = std::move(done)](base::Result<std::string> hash) mutable {
        if (!hash.ok()) return done(std::move(hash).error());
        writer_.submit<BreakGlass>(
            shard::control_of(tenant_of(actor)), shard::Priority::person,
            [this, actor, name, renew, password,
             hash = *hash](shard::Transaction& transaction) -> base::Result<BreakGlass> {
                ports::UserRow row;
                for (const auto& user : transaction.list<ports::UserRow>())
                    if (user->break_glass) row = *user;
                const bool there = row.break_glass;
                if (there && !renew)
                    return base::conflict("there is a break-glass account already, \"" + row.name +
                                          "\": renew its password, or leave it");
                if (!there && user_named(transaction, name))
                    return base::conflict("there is a user \"" + name + "\" already").at("/name");
                if (!there) {
                    row.id = access::UserId(ids_.next());
                    row.name = name;
                    row.created = transaction.now();
                    row.break_glass = true;
                }
                row.role = access::Role::administrator;
                row.scope.clear();
                row.disabled = false;
                row.password_hash = hash;
                forget_factor(row);
                end_credentials(transaction, row.id, ApiTokens::end);
                if (!transaction.document(access::kBreakGlassUse).empty())
                    transaction.put(ports::DocumentRow{access::kBreakGlassUse, ""});
                shard::AuditEntry entry = entry_of(actor, there ? "break-glass.renew" : "break-glass.create",
                                                   "user " + row.id.text());
                entry.after = json_of(row);
                transaction.audit(std::move(entry));
                transaction.change("user", row.id.text());
                transaction.put(row);
                return BreakGlass{*transaction.find<ports::UserRow>(row.id), password};
            },
            std::move(done));
    });
}

} // namespace oakum::governance
