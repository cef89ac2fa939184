// SPDX-License-Identifier: Apache-2.0
#include "decisions.hpp"
#include "early_return.hpp"

// Advisories of this house.
namespace oakum::api {

namespace {

base::Result<advisory::Notice> decode_notice(const json::Value& body) {
    TRY(body.only({"title", "description", "workaround", "products", "vector", "severity", "exploited",
                   "references", "aliases", "embargo", "embargo_until"}));
    advisory::Notice notice;
    TRY_VALUE(notice.title, body.string_at("title", 256));
    const auto text = [](const json::Value& from, std::string_view name, std::string& into,
                         std::size_t most) -> base::Status {
        TRY_VALUE(auto value, from.optional_string_at(name, most));
        into = std::move(value).value_or("");
        return {};
    };
    TRY(text(body, "description", notice.description, 4096));
    TRY(text(body, "workaround", notice.workaround, 4096));
    TRY(text(body, "vector", notice.vector, 512));
    TRY(text(body, "severity", notice.severity, 16));
    TRY(text(body, "embargo", notice.embargo, 256));
    TRY_VALUE(const auto exploited, body.optional_bool_at("exploited"));
    notice.exploited = exploited.value_or(false);
    TRY_VALUE(notice.references, texts_at(body, "references", 16));
    TRY_VALUE(notice.aliases, texts_at(body, "aliases", 16));
    TRY_VALUE(const auto until, body.optional_string_at("embargo_until", 64));
    if (until) {
        auto time = base::parse_time(*until);
        if (!time.ok()) return base::invalid("it is a day or a time").at("/embargo_until");
        notice.embargo_until = *time;
    }
    TRY_VALUE(const json::Value products, body.array_at("products", 64));
    for (const json::Value& each : products.items()) {
        TRY(each.only({"component", "scheme", "introduced", "fixed", "last_affected"}));
        advisory::NoticeProduct product;
        TRY_VALUE(product.component, each.string_at("component", 1024));
        TRY(text(each, "scheme", product.scheme, 32));
        TRY(text(each, "introduced", product.introduced, 128));
        TRY(text(each, "fixed", product.fixed, 128));
        TRY(text(each, "last_affected", product.last_affected, 128));
        notice.products.push_back(std::move(product));
    }
    return notice;
}

} // namespace

void write(Out& o, const advisory::NoticeProduct& v) {
    object(o, [&] {
        o("component", v.component)("scheme", some(v.scheme))("introduced", some(v.introduced));
        o("fixed", some(v.fixed))("last_affected", some(v.last_affected));
    });
}

void write(Out& o, const OwnAdvisory& v) {
    const advisory::Notice& notice = v.row.notice;
    object(o, [&] {
        o("id", v.row.id)("title", notice.title)("description", some(notice.description));
        o("workaround", some(notice.workaround))("products", notice.products)("vector", some(notice.vector));
        o("severity", some(notice.severity))("exploited", notice.exploited)("references", notice.references);
        o("aliases", notice.aliases)("embargo", some(notice.embargo))("embargo_until", notice.embargo_until);
        o("created_by", v.row.created_by)("created", v.row.created)("changed", v.row.changed);
        o("withdrawn", v.row.withdrawn)("version", v.row.row_version)("merged_with", v.merged_with);
    });
}

void list_own_advisories(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.notices.list(call.actor(), *page, answer_page<Page<OwnAdvisory>>(call));
}

void add_own_advisory(Context& context, Call call) {
    BODY(notice, kDecisionBody, decode_notice);
    context.services.notices.add(call.actor(), std::move(*notice), answer_json<OwnAdvisory>(call, 201));
}

void edit_own_advisory(Context& context, Call call) {
    const std::string id = call.path.front();
    if (auto valid = check_advisory_id(id); !valid.ok()) return call.reply.problem(std::move(valid).error());
    BODY(notice, kDecisionBody, decode_notice);
    OR_PROBLEM(version, expected_version(call));
    context.services.notices.edit(call.actor(), id, std::move(*notice), *version,
                                  answer_json<OwnAdvisory>(call));
}

void withdraw_own_advisory(Context& context, Call call) {
    const std::string id = call.path.front();
    if (auto valid = check_advisory_id(id); !valid.ok()) return call.reply.problem(std::move(valid).error());
    OR_PROBLEM(why, decision_why(call));
    context.services.notices.withdraw(call.actor(), id, std::move(*why), answer_json<OwnAdvisory>(call));
}

} // namespace oakum::api
