// SPDX-License-Identifier: Apache-2.0
#include <governance/forgetting.hpp>

#include "rows.hpp"

#include <json/parse.hpp>

#include <algorithm>

namespace oakum::governance {
namespace {

// "forgotten-7k2m9x4q": of the account's id, so that it is the same each time it is looked at.
std::string pseudonym_of(access::UserId id) {
    const std::string text = id.text();
    return "forgotten-" + text.substr(text.size() - 8);
}

base::Status may_forget(const access::Actor& actor, const ports::UserRow* user, access::UserId id) {
    TRY(access::may(actor, access::Action::user_edit).status());
    if (user == nullptr) return base::not_found("there is no user " + id.text());
    if (user->break_glass) return base::conflict("the break-glass account is nobody's: disable it instead");
    if (!user->disabled)
        return base::conflict(
            "the account may sign in: disable it first, and forget it when nobody needs it back");
    if (user->name == pseudonym_of(id)) return base::conflict("this person is forgotten already");
    return {};
}

// A saved view of the person: their own, or one that others see too.
enum class ViewOf : std::uint8_t { nobody, own, shared };
ViewOf view_of(const ports::DocumentRow& row, access::UserId id) {
    if (!row.name.starts_with("view/") || row.body.empty()) return ViewOf::nobody;
    const auto body = json::parse(row.body);
    if (!body.ok()) return ViewOf::nobody;
    const auto owner = body->string_at("owner");
    const auto shared = body->bool_at("shared");
    if (!owner.ok() || !shared.ok() || *owner != id.text()) return ViewOf::nobody;
    return *shared ? ViewOf::shared : ViewOf::own;
}

// Whether a text names them as an actor: "user anna", "token ci of anna".
bool is_of(const std::string& text, const std::string& name) {
    return text == "user " + name || text == name ||
           (text.starts_with("token ") && text.ends_with(" of " + name));
}

struct Mention {
    const std::string& name;
    const std::string put;
    std::uint64_t count = 0;
    bool in(std::string& text) {
        if (!is_of(text, name)) return false;
        text = text == name ? put : "user " + put;
        ++count;
        return true;
    }
};

// Of both a committed table and a transaction.
template <class Tables>
Forgetting found(const Tables& tables, const ports::UserRow& user,
                 const std::function<void(ports::Row)>& put) {
    Forgetting found;
    found.name = user.name;
    found.pseudonym = pseudonym_of(user.id);
    for (const auto& token : tables.template list<ports::TokenRow>()) {
        if (token->user != user.id) continue;
        ++found.credentials;
        ports::TokenRow row = *token;
        row.revoked = true;
        row.label.clear();
        row.client.clear();
        put(std::move(row));
    }
    for (const auto& document : tables.template list<ports::DocumentRow>()) {
        const ViewOf view = view_of(*document, user.id);
        if (view == ViewOf::own) {
            ++found.views;
            put(ports::DocumentRow{document->name, ""});
        } else if (view == ViewOf::shared) {
            // As `Views` writes it; names hold nothing that JSON escapes.
            const std::string before = R"("owner_name":")" + user.name + '"';
            std::string body = document->body;
            if (const std::size_t at = body.find(before); at != std::string::npos) {
                body.replace(at, before.size(), R"("owner_name":")" + found.pseudonym + '"');
                put(ports::DocumentRow{document->name, std::move(body)});
            }
        }
    }
    Mention mention{user.name, found.pseudonym};
    for (const auto& alarm : tables.template list<ports::AlarmRow>()) {
        ports::AlarmRow row = *alarm;
        if (static_cast<int>(mention.in(row.acknowledged_by)) + static_cast<int>(mention.in(row.muted_by)) >
            0)
            put(std::move(row));
    }
    for (const auto& channel : tables.template list<ports::ChannelRow>()) {
        ports::ChannelRow row = *channel;
        if (mention.in(row.created_by)) put(std::move(row));
    }
    for (const auto& edit : tables.template list<ports::EditRow>()) {
        ports::EditRow row = *edit;
        if (static_cast<int>(mention.in(row.actor)) + static_cast<int>(mention.in(row.undone_by)) > 0)
            put(std::move(row));
    }
    found.mentions = mention.count;
    for (const auto& exception : tables.template list<ports::ExceptionRow>())
        found.decisions +=
            is_of(exception->asked_by, user.name) ||
                    std::ranges::any_of(exception->history,
                                        [&](const auto& step) { return is_of(step.actor, user.name); })
                ? 1
                : 0;
    for (const auto& rollout : tables.template list<ports::RolloutRow>())
        found.decisions +=
            is_of(rollout->created_by, user.name) || is_of(rollout->approved_by, user.name) ? 1 : 0;
    return found;
}

// One tenant of the committed tables, as a transaction shows them.
struct Committed {
    const shard::ControlTables& control;
    device::TenantId tenant;
    template <class Row> std::vector<shard::Held<Row>> list() const { return control.list<Row>(tenant); }
};

std::string json_of(const Forgetting& forgetting) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("name", forgetting.pseudonym)
        .member("credentials", forgetting.credentials)
        .member("views", forgetting.views)
        .member("mentions", forgetting.mentions)
        .end_object();
    return text;
}

} // namespace

base::Result<Forgetting> Forgetter::preview(const access::Actor& actor, access::UserId id) const {
    const auto user = control_.find<ports::UserRow>(tenant_of(actor), id);
    TRY(may_forget(actor, user.get(), id));
    return found(Committed{control_, tenant_of(actor)}, *user, [](const ports::Row&) {});
}

void Forgetter::forget(const access::Actor& actor, access::UserId id, std::string why,
                       shard::Completion<Forgetting> done) {
    if (auto allowed = access::may(actor, access::Action::user_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    writer_.submit<Forgetting>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id, why = std::move(why)](shard::Transaction& transaction) -> base::Result<Forgetting> {
            const auto user = transaction.find<ports::UserRow>(id);
            TRY(may_forget(actor, user.get(), id));
            Forgetting forgotten = found(transaction, *user, [&](ports::Row row) {
                std::visit([&](auto value) { transaction.put(std::move(value)); }, std::move(row));
            });
            ports::UserRow row = *user;
            row.name = forgotten.pseudonym;
            row.password_hash.clear();
            row.identity.clear();
            row.role = access::Role::viewer;
            row.scope.clear();
            forget_factor(row);
            shard::AuditEntry entry = entry_of(actor, "user.forget", "user " + id.text());
            entry.after = json_of(forgotten);
            entry.why = why;
            transaction.audit(std::move(entry));
            transaction.change("user", id.text());
            transaction.put(std::move(row));
            forgotten.name.clear();
            return forgotten;
        },
        std::move(done));
}

} // namespace oakum::governance
