// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <intake_files/policy_json.hpp>

namespace oakum::api {

// Where the writers of lists and pages find it.
static void write(Out& o, const Attachment& v) {
    object(o, [&] {
        o("name", v.name)("kind", intake::to_string(v.kind))("by", v.by)("at", v.at)("length", v.length);
        o("sha256", v.sha256);
    });
}

namespace {

constexpr std::size_t kSmall = 65'536;

struct LetThrough {
    intake::Check check = intake::Check::artifact;
    std::string why;
};
base::Result<LetThrough> decode_let_through(const json::Value& body) {
    TRY(body.only({"check", "why"}));
    LetThrough wish;
    TRY_VALUE(wish.why, body.string_at("why", 1000));
    TRY_VALUE(const std::string name, body.string_at("check", 32));
    auto check = intake::parse_check(name);
    if (!check.ok()) return std::move(check).error().at("/check");
    wish.check = *check;
    return wish;
}

// {"checks": {"approval": true}, "why": "..."}
struct PolicyChange {
    std::map<intake::Check, bool> checks;
    std::string why;
};
base::Result<PolicyChange> decode_policy_change(const json::Value& body) {
    TRY(body.only({"checks", "why"}));
    PolicyChange change;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    change.why = why.value_or("");
    TRY_VALUE(const json::Value checks, body.object_at("checks", intake::kCheckCount));
    for (const json::Value& each : checks.items()) {
        const auto check = intake::parse_check(each.key());
        if (!check.ok()) return each.wrong(check.error().message);
        TRY_VALUE(change.checks[*check], each.as_bool());
    }
    return change;
}

Answer<intake::Policy> answer_policy(const Call& call) {
    return [reply = call.reply](base::Result<intake::Policy> policy) {
        if (!policy.ok()) return reply.problem(policy.error());
        std::string text;
        Out o(text);
        object(o, [&] {
            o.w.key("checks").begin_array();
            for (const intake::Rule& rule : intake::rules())
                object(o, [&] {
                    o("check", rule.name)("what", rule.what)("asked", policy->asks(rule.check));
                    o("otherwise", rule.asked)("always", rule.always)("overridable", rule.overridable);
                });
            o.w.end_array();
            o.w.key("signers").begin_array();
            for (const intake::Signer& signer : policy->signers())
                object(o, [&] {
                    o("name", signer.name);
                    intake_files::write_signer(o.w, signer);
                });
            o.w.end_array();
        });
        reply.json(200, std::move(text));
    };
}

struct Trust {
    intake::Signer signer;
    std::string why;
};
base::Result<Trust> decode_trust(const json::Value& body, const std::string& name) {
    TRY(body.only({"signer", "why"}));
    Trust wish;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    wish.why = why.value_or("");
    TRY_VALUE(const json::Value signer, body.object_at("signer"));
    TRY_VALUE(wish.signer, intake_files::read_signer(signer, name));
    return wish;
}

// {"name": "x.minisig", "text": "..."}; of what goes away the name alone.
struct Attaching {
    std::string name, text;
};
base::Result<Attaching> decode_attaching(const json::Value& body) {
    TRY(body.only({"name", "text"}));
    Attaching wish;
    TRY_VALUE(wish.name, body.string_at("name", 128));
    TRY_VALUE(wish.text, body.string_at("text", 1'048'576));
    return wish;
}
base::Result<std::string> decode_attached_name(const json::Value& body) {
    TRY(body.only({"name"}));
    return body.string_at("name", 128);
}

base::Result<base::Digest256> artifact_in_path(const Call& call) {
    auto digest = base::Digest256::parse(call.path.front());
    if (!digest.ok()) return base::not_found("there is no artifact with this digest").at("id");
    return digest;
}

Answer<std::vector<Attachment>> answer_attachments(const Call& call) {
    return [reply = call.reply](base::Result<std::vector<Attachment>> list) {
        if (!list.ok()) return reply.problem(list.error());
        std::string text;
        Out o(text);
        object(o, [&] { o("items", *list); });
        reply.json(200, std::move(text));
    };
}

} // namespace

void list_releases(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(awaits_approval, flag_parameter(call, "awaits_approval"));
    ReleaseFilter filter{std::nullopt, *awaits_approval};
    if (const std::string text = call.parameter("state"); !text.empty()) {
        for (const ReleaseState each :
             {ReleaseState::draft, ReleaseState::published, ReleaseState::withdrawn})
            if (text == to_string(each)) filter.state = each;
        if (!filter.state)
            return call.reply.problem(base::invalid("it is draft, published or withdrawn").at("state"));
    }
    context.services.releases.list(call.actor(), filter, *page, answer_page<Page<ReleaseSummary>>(call));
}

void create_release(Context& context, Call call) {
    BODY(release, kSmall, decode_release);
    context.services.releases.create(call.actor(), std::move(*release), answer_json<Release>(call, 201));
}

void get_release(Context& context, Call call) {
    PATH_ID(id, rollout::ReleaseId);
    context.services.releases.get(call.actor(), *id, answer_tagged<Release>(call));
}

void get_verification_summary(Context& context, Call call) {
    PATH_ID(id, rollout::ReleaseId);
    context.services.releases.verification_summary(call.actor(), *id,
                                                   [reply = call.reply](base::Result<std::string> envelope) {
                                                       if (!envelope.ok())
                                                           return reply.problem(envelope.error());
                                                       reply.json(200, std::move(*envelope));
                                                   });
}

void act_on_release(Context& context, Call call) {
    PATH_ID(id, rollout::ReleaseId);
    std::string why;
    if (!call.request.body.empty()) {
        OR_PROBLEM(json, json_body(call, kSmall));
        OR_PROBLEM(text, decode_why(*json, WhyIs::optional));
        why = std::move(*text);
    }
    for (const ReleaseAction action :
         {ReleaseAction::publish, ReleaseAction::withdraw, ReleaseAction::approve, ReleaseAction::refuse})
        if (to_string(action) == last_segment(call))
            return context.services.releases.act(call.actor(), *id, action, std::move(why),
                                                 answer_json<Release>(call));
    call.reply.problem(base::bug("no action for " + call.request.path));
}

void change_release(Context& context, Call call) {
    PATH_ID(id, rollout::ReleaseId);
    BODY(change, kSmall, decode_release_change);
    context.services.releases.change(call.actor(), *id, std::move(*change), answer_json<Release>(call));
}

void let_release_through(Context& context, Call call) {
    PATH_ID(id, rollout::ReleaseId);
    BODY(wish, kSmall, decode_let_through);
    context.services.releases.let_through(call.actor(), *id, wish->check, std::move(wish->why),
                                          answer_json<Release>(call));
}

void get_intake_policy(Context& context, Call call) {
    context.services.releases.intake_policy(call.actor(), answer_policy(call));
}

void set_intake_policy(Context& context, Call call) {
    BODY(change, kSmall, decode_policy_change);
    context.services.releases.set_intake_policy(call.actor(), std::move(change->checks),
                                                std::move(change->why), answer_policy(call));
}

void trust_signer(Context& context, Call call) {
    OR_PROBLEM(body, json_body(call, kSmall));
    OR_PROBLEM(wish, decode_trust(*body, call.path.front()));
    context.services.releases.trust(call.actor(), std::move(wish->signer), std::move(wish->why),
                                    answer_policy(call));
}

void distrust_signer(Context& context, Call call) {
    OR_PROBLEM(why, text_parameter(call, "why", 1000));
    context.services.releases.distrust(call.actor(), call.path.front(), std::move(*why), answer_policy(call));
}

void list_attachments(Context& context, Call call) {
    OR_PROBLEM(artifact, artifact_in_path(call));
    context.services.releases.attachments(call.actor(), *artifact, answer_attachments(call));
}

void attach_to_artifact(Context& context, Call call) {
    OR_PROBLEM(artifact, artifact_in_path(call));
    BODY(wish, 2'097'152, decode_attaching);
    context.services.releases.attach(call.actor(), *artifact, std::move(wish->name), std::move(wish->text),
                                     answer_attachments(call));
}

void detach_from_artifact(Context& context, Call call) {
    OR_PROBLEM(artifact, artifact_in_path(call));
    BODY(name, kSmall, decode_attached_name);
    context.services.releases.detach(call.actor(), *artifact, std::move(*name), answer_attachments(call));
}

} // namespace oakum::api
