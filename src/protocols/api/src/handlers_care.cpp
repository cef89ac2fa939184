// SPDX-License-Identifier: Apache-2.0
// How long things are kept, and what goes of people who left.
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

using governance::Retentions;
using retention::Kind;
using retention::Policy;

constexpr std::size_t kSmall = 65'536;
constexpr std::uint64_t kMostDays = 100'000; // of what is read; the kinds have bounds of their own

struct Wish {
    governance::RetentionChanges changes;
    std::string why;
};

// {"days": {"audit": 400, "history": null}}: null is for ever.
base::Result<Wish> decode_changes(const json::Value& body) {
    TRY(body.only({"days", "why"}));
    Wish wish;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    wish.why = why.value_or("");
    TRY_VALUE(const json::Value days, body.object_at("days", retention::kKindCount));
    for (const json::Value& each : days.items()) {
        const auto kind = retention::parse_kind(each.key());
        if (!kind.ok()) return each.wrong(kind.error().message);
        if (each.is_null()) {
            wish.changes[*kind] = std::nullopt;
            continue;
        }
        TRY_VALUE(const std::uint64_t count, each.as_uint(kMostDays));
        wish.changes[*kind] = static_cast<std::uint32_t>(count);
    }
    return wish;
}

void write_kinds(Out& o, const Policy& policy, const governance::Removed* removes) {
    o.w.key("kinds").begin_array();
    for (const retention::Rule& rule : retention::rules())
        object(o, [&] {
            const auto number = [](retention::Days days) {
                return days ? std::optional(std::uint64_t{*days}) : std::nullopt;
            };
            o("kind", rule.name)("what", rule.what)("days", number(policy.of(rule.kind)));
            o("otherwise", number(rule.otherwise))("least", std::uint64_t{rule.least});
            o("most", std::uint64_t{rule.most})("for_ever", rule.for_ever);
            o("removes", removes == nullptr ? std::nullopt
                                            : std::optional((*removes)[static_cast<std::size_t>(rule.kind)]));
        });
    o.w.end_array();
}

std::string json_of(const Policy& policy) {
    std::string text;
    Out o(text);
    object(o, [&] { write_kinds(o, policy, nullptr); });
    return text;
}

std::string sentence_of(const Retentions::Preview& preview) {
    std::uint64_t sum = 0;
    for (const std::uint64_t each : preview.goes)
        sum += each;
    if (sum == 0) return "Nothing is old enough to be removed today.";
    return (preview.about ? "About " : "") + std::to_string(sum) + (sum == 1 ? " thing is" : " things are") +
           " older than that: removed within a day, in small pieces, and not to be had back but from a "
           "backup.";
}

void write_forgetting(Out& o, const governance::Forgetting& v) {
    object(o, [&] {
        o("name", v.name.empty() ? std::nullopt : std::optional(v.name))("pseudonym", v.pseudonym)(
            "credentials", v.credentials)("views", v.views);
        o("mentions", v.mentions)("decisions", v.decisions);
    });
}

shard::Completion<governance::Forgetting> answer_forgetting(const Call& call) {
    return [reply = call.reply](base::Result<governance::Forgetting> forgetting) {
        if (!forgetting.ok()) return reply.problem(forgetting.error());
        std::string text;
        Out o(text);
        write_forgetting(o, *forgetting);
        reply.json(200, std::move(text));
    };
}

} // namespace

void get_retention(Context& context, Call call) {
    OR_PROBLEM(policy, context.services.retentions.get(call.actor()));
    call.reply.json(200, json_of(*policy));
}

void preview_retention(Context& context, Call call) {
    BODY(wish, kSmall, decode_changes);
    context.services.retentions.preview(call.actor(), std::move(wish->changes),
                                        [reply = call.reply](base::Result<Retentions::Preview> preview) {
                                            if (!preview.ok()) return reply.problem(preview.error());
                                            std::string text;
                                            Out o(text);
                                            object(o, [&] {
                                                write_kinds(o, preview->policy, &preview->goes);
                                                o("about", preview->about)("sentence", sentence_of(*preview));
                                            });
                                            reply.json(200, std::move(text));
                                        });
}

void set_retention(Context& context, Call call) {
    BODY(wish, kSmall, decode_changes);
    context.services.retentions.set(call.actor(), std::move(wish->changes), std::move(wish->why),
                                    [reply = call.reply](base::Result<Policy> policy) {
                                        if (!policy.ok()) return reply.problem(policy.error());
                                        reply.json(200, json_of(*policy));
                                    });
}

void preview_forgetting(Context& context, Call call) {
    PATH_ID(id, access::UserId);
    answer_forgetting(call)(context.services.forgetter.preview(call.actor(), *id));
}

void forget_user(Context& context, Call call) {
    PATH_ID(id, access::UserId);
    OR_PROBLEM(body, json_body(call, kSmall));
    OR_PROBLEM(why, decode_why(*body, WhyIs::required));
    context.services.forgetter.forget(call.actor(), *id, std::move(*why), answer_forgetting(call));
}

} // namespace oakum::api
