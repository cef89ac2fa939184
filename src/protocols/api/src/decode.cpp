// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"

#include <algorithm>
#include <device/query.hpp>
#include <device/query_fields.hpp>
#include <rollout/pace.hpp>
#include <rollout/place.hpp>

namespace oakum::api {
namespace {

template <class Id> base::Result<Id> id_of(const json::Value& value) {
    TRY_VALUE(const std::string text, value.as_string(64));
    auto id = Id::parse(text);
    if (!id.ok()) return value.wrong("it is not an id");
    return id;
}

template <class Id> base::Result<Id> id_at(const json::Value& body, std::string_view name) {
    TRY_VALUE(const json::Value value, body.at(name));
    return id_of<Id>(value);
}

base::Result<base::Digest256> digest_at(const json::Value& body, std::string_view name) {
    TRY_VALUE(const json::Value value, body.at(name));
    TRY_VALUE(const std::string text, value.as_string(128));
    auto digest = base::Digest256::parse(text);
    if (!digest.ok() || std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'F'; }))
        return value.wrong("a SHA-256 has 64 hexadecimal digits in lower case");
    return digest;
}

bool clean(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// One line of text, 1 to `max` bytes.
base::Result<std::string> line_of(const json::Value& value, std::size_t max) {
    TRY_VALUE(std::string text, value.as_string(max));
    if (text.empty()) return value.wrong("it is empty");
    if (!clean(text)) return value.wrong("it has control characters");
    return text;
}

base::Result<std::string> line_at(const json::Value& body, std::string_view name, std::size_t max) {
    TRY_VALUE(const json::Value value, body.at(name));
    return line_of(value, max);
}

base::Result<std::vector<std::string>> lines_at(const json::Value& body, std::string_view name,
                                                std::size_t max_items, std::size_t max) {
    std::vector<std::string> lines;
    TRY_VALUE(const auto array, body.optional_array_at(name, max_items));
    if (array)
        for (const json::Value& item : array->items()) {
            TRY_VALUE(std::string line, line_of(item, max));
            if (std::ranges::find(lines, line) != lines.end()) return item.wrong("it is there twice");
            lines.push_back(std::move(line));
        }
    return lines;
}

base::Result<std::vector<device::GroupId>> scope_of(const json::Value& array) {
    std::vector<device::GroupId> scope;
    for (const json::Value& item : array.items()) {
        TRY_VALUE(const device::GroupId id, id_of<device::GroupId>(item));
        if (std::ranges::find(scope, id) != scope.end()) return item.wrong("it is there twice");
        scope.push_back(id);
    }
    return scope;
}

base::Result<access::Role> role_of(const json::Value& value) {
    TRY_VALUE(const std::string text, value.as_string(64));
    auto role = access::parse_role(text);
    if (!role.ok()) return value.wrong(role.error().message);
    return role;
}

base::Result<rollout::Gate> gate_of(const json::Value& value) {
    TRY(value.only({"minimum", "tolerated_failure_ppm", "halt_error_ppm", "proceed_error_ppm", "hard_stop",
                    "unproven", "soak_seconds"}));
    rollout::Gate gate;
    TRY_VALUE(const std::uint64_t minimum, value.uint_at("minimum", 10'000'000));
    TRY_VALUE(const std::uint64_t tolerated, value.uint_at("tolerated_failure_ppm", 1'000'000));
    TRY_VALUE(const auto halt_error, value.optional_uint_at("halt_error_ppm", 500'000));
    TRY_VALUE(const auto proceed_error, value.optional_uint_at("proceed_error_ppm", 500'000));
    TRY_VALUE(const auto hard_stop, value.optional_uint_at("hard_stop", 10'000'000));
    TRY_VALUE(const auto unproven, value.optional_string_at("unproven", 16));
    TRY_VALUE(const std::uint64_t soak, value.uint_at("soak_seconds", 31'536'000));
    gate.minimum = static_cast<std::uint32_t>(minimum);
    gate.tolerated_failure_ppm = static_cast<std::uint32_t>(tolerated);
    if (halt_error) gate.halt_error_ppm = static_cast<std::uint32_t>(*halt_error);
    if (proceed_error) gate.proceed_error_ppm = static_cast<std::uint32_t>(*proceed_error);
    if (hard_stop) gate.hard_stop = static_cast<std::uint32_t>(*hard_stop);
    if (unproven) {
        const auto parsed = rollout::parse_unproven(*unproven);
        if (!parsed.ok()) return value.find("unproven")->wrong(parsed.error().message);
        gate.unproven = *parsed;
    }
    gate.soak = std::chrono::seconds(soak);
    return gate;
}

base::Result<rollout::Pace> pace_of(const json::Value& value) {
    TRY(value.only({"max_in_flight", "per_minute", "doubles_after_minutes", "up_to_per_minute"}));
    rollout::Pace pace;
    const auto take = [&](std::string_view name, std::uint32_t most, std::uint32_t& into) -> base::Status {
        TRY_VALUE(const auto number, value.optional_int_at(name, 1, most));
        if (number) into = static_cast<std::uint32_t>(*number);
        return {};
    };
    TRY(take("max_in_flight", rollout::kMostInFlight, pace.max_in_flight));
    TRY(take("per_minute", rollout::kMostPerMinute, pace.per_minute));
    TRY(take("doubles_after_minutes", rollout::kMostDoublingMinutes, pace.doubles_after_minutes));
    TRY(take("up_to_per_minute", rollout::kMostPerMinute, pace.up_to_per_minute));
    if (const base::Status sound = rollout::check(pace); !sound.ok()) {
        const auto member = value.find(std::string_view(sound.error().where).substr(1));
        return (member ? *member : value).wrong(sound.error().message);
    }
    return pace;
}

base::Result<PlanNew::Wave> wave_of(const json::Value& value) {
    TRY(value.only({"name", "share_ppm", "query", "gate", "pace"}));
    PlanNew::Wave wave;
    TRY_VALUE(wave.name, line_at(value, "name", 64));
    TRY_VALUE(const auto share, value.optional_int_at("share_ppm", 1, rollout::kWhole));
    wave.share_ppm = static_cast<std::uint32_t>(share.value_or(rollout::kWhole));
    TRY_VALUE(const auto query, value.optional_string_at("query", rollout::kMaxWaveQuery));
    wave.query = query.value_or("");
    TRY_VALUE(const auto gate, value.optional_object_at("gate", 16));
    if (gate) {
        TRY_VALUE(wave.gate, gate_of(*gate));
    }
    TRY_VALUE(const auto pace, value.optional_object_at("pace", 16));
    if (pace) {
        TRY_VALUE(wave.pace, pace_of(*pace));
    }
    return wave;
}

base::Result<std::vector<PlanNew::Wave>> waves_of(const json::Value& list) {
    std::vector<PlanNew::Wave> waves;
    std::vector<rollout::Wave> sizes;
    for (const json::Value& item : list.items()) {
        TRY_VALUE(PlanNew::Wave wave, wave_of(item));
        sizes.push_back({wave.name, wave.share_ppm, {}, wave.query});
        waves.push_back(std::move(wave));
    }
    if (waves.empty()) return list.wrong("a plan has at least one wave");
    if (const auto empty = rollout::empty_waves(sizes); !empty.empty()) {
        std::size_t at = 0;
        for (const json::Value& item : list.items())
            if (at++ == empty.front().wave) return item.wrong(empty.front().why);
    }
    return waves;
}

} // namespace

base::Status check_file_name(std::string_view name, std::size_t max) {
    if (name.empty() || name.size() > max)
        return base::invalid("a file name has 1 to " + std::to_string(max) + " bytes");
    if (!base::is_utf8(name) || !clean(name) || name.find('/') != std::string_view::npos ||
        name.find('\\') != std::string_view::npos || name == "." || name == "..")
        return base::invalid("it is a file name, without a folder");
    return {};
}

base::Result<governance::Credentials> decode_sign_in(const json::Value& body) {
    TRY(body.only({"user", "password", "code"}));
    governance::Credentials result;
    TRY_VALUE(result.user, line_at(body, "user", 128));
    TRY_VALUE(result.password, body.string_at("password", 1024));
    TRY_VALUE(const auto code, body.optional_string_at("code", 64));
    result.code = code.value_or("");
    return result;
}

base::Result<std::string> decode_code(const json::Value& body) {
    TRY(body.only({"code"}));
    return line_at(body, "code", 64);
}

base::Result<governance::SignInRules> decode_sign_in_rules(const json::Value& body) {
    TRY(body.only({"second_factor_required"}));
    governance::SignInRules rules;
    TRY_VALUE(rules.second_factor, body.bool_at("second_factor_required"));
    return rules;
}

base::Result<governance::ProviderAnswer> decode_provider_answer(const json::Value& body) {
    TRY(body.only({"code", "state", "issuer"}));
    governance::ProviderAnswer answer;
    TRY_VALUE(answer.code, line_at(body, "code", 2048));
    TRY_VALUE(answer.state, line_at(body, "state", 256));
    TRY_VALUE(const auto issuer, body.optional_string_at("issuer", 2048));
    answer.issuer = issuer.value_or("");
    return answer;
}

base::Result<BreakGlassBody> decode_break_glass(const json::Value& body) {
    TRY(body.only({"name", "renew"}));
    BreakGlassBody result;
    TRY_VALUE(result.name, line_at(body, "name", 128));
    if (const auto renew = body.find("renew")) {
        TRY_VALUE(result.renew, renew->as_bool());
    }
    return result;
}

base::Result<std::string> decode_one_time(const json::Value& body) {
    TRY(body.only({"token"}));
    return line_at(body, "token", 128);
}

base::Result<PasswordBody> decode_password(const json::Value& body) {
    TRY(body.only({"current", "new"}));
    PasswordBody result;
    TRY_VALUE(const auto current, body.optional_string_at("current", 1024));
    result.current = current.value_or("");
    TRY_VALUE(result.next, body.string_at("new", 1024));
    return result;
}

base::Result<governance::UserNew> decode_user_new(const json::Value& body) {
    TRY(body.only({"name", "role", "scope", "password", "subject"}));
    governance::UserNew user;
    TRY_VALUE(user.name, line_at(body, "name", 128));
    TRY_VALUE(const json::Value role, body.at("role"));
    TRY_VALUE(user.role, role_of(role));
    TRY_VALUE(const auto scope, body.optional_array_at("scope", 64));
    if (scope) {
        TRY_VALUE(user.scope, scope_of(*scope));
    }
    TRY_VALUE(user.subject, body.optional_string_at("subject", 255));
    if (!user.subject || body.find("password")) {
        TRY_VALUE(user.password, body.string_at("password", 1024));
    }
    return user;
}

base::Result<governance::UserPatch> decode_user_patch(const json::Value& body) {
    TRY(body.only({"role", "scope", "disabled", "password"}));
    governance::UserPatch patch;
    if (const auto role = body.find("role")) {
        TRY_VALUE(patch.role, role_of(*role));
    }
    if (body.find("scope")) {
        TRY_VALUE(const json::Value scope, body.array_at("scope", 64));
        TRY_VALUE(patch.scope, scope_of(scope));
    }
    if (const auto disabled = body.find("disabled")) {
        TRY_VALUE(patch.disabled, disabled->as_bool());
    }
    if (const auto password = body.find("password")) {
        TRY_VALUE(patch.password, password->as_string(1024));
    }
    return patch;
}

base::Result<governance::TokenNew> decode_token_new(const json::Value& body) {
    TRY(body.only({"label", "scopes", "expires_in_days"}));
    governance::TokenNew token;
    TRY_VALUE(token.label, line_at(body, "label", 128));
    TRY_VALUE(const json::Value scopes, body.array_at("scopes", 4));
    for (const json::Value& item : scopes.items()) {
        TRY_VALUE(const std::string text, item.as_string(64));
        const auto scope = access::parse_token_scope(text);
        if (!scope.ok()) return item.wrong(scope.error().message);
        if (token.scopes.has(*scope)) return item.wrong("it is there twice");
        token.scopes.add(*scope);
    }
    TRY_VALUE(const std::int64_t days, body.int_at("expires_in_days", 1, 366));
    token.lifetime = std::chrono::hours(24 * days);
    return token;
}

base::Result<governance::EnrolmentTokenNew> decode_enrolment_new(const json::Value& body) {
    TRY(body.only({"label", "group", "uses", "expires_in_hours"}));
    governance::EnrolmentTokenNew token;
    TRY_VALUE(token.label, line_at(body, "label", 128));
    if (const auto group = body.find("group"); group && !group->is_null()) {
        TRY_VALUE(token.group, id_of<device::GroupId>(*group));
    }
    TRY_VALUE(const std::int64_t uses, body.int_at("uses", 1, 1'000'000));
    token.uses = static_cast<std::uint32_t>(uses);
    TRY_VALUE(const std::int64_t hours, body.int_at("expires_in_hours", 1, 8784));
    token.lifetime = std::chrono::hours(hours);
    return token;
}

base::Result<Lwm2mEndpointNew> decode_lwm2m_endpoint(const json::Value& body) {
    TRY(body.only({"endpoint", "identity", "key", "group", "without_key"}));
    Lwm2mEndpointNew endpoint;
    TRY_VALUE(endpoint.endpoint, line_at(body, "endpoint", 128));
    if (body.find("identity")) {
        TRY_VALUE(endpoint.identity, line_at(body, "identity", 128));
    }
    TRY_VALUE(const auto key, body.optional_string_at("key", 128));
    if (key) {
        auto bytes = base::from_hex(*key);
        if (!bytes.ok()) return base::invalid("a key is written in hexadecimal digits").at("/key");
        endpoint.key = *std::move(bytes);
    }
    if (const auto group = body.find("group"); group && !group->is_null()) {
        TRY_VALUE(endpoint.group, id_of<device::GroupId>(*group));
    }
    TRY_VALUE(const auto without, body.optional_bool_at("without_key"));
    endpoint.without_key = without.value_or(false);
    return endpoint;
}

base::Result<GroupPatch> decode_group_patch(const json::Value& body) {
    TRY(body.only({"name", "query", "defaults"}));
    GroupPatch group;
    if (body.find("name")) {
        TRY_VALUE(group.name, line_at(body, "name", 128));
    }
    if (body.find("query")) {
        TRY_VALUE(const auto query, body.optional_string_at("query", device::kMaxQuerySent));
        group.query = query.value_or("");
    }
    if (body.find("defaults")) {
        TRY_VALUE(const json::Value defaults, body.object_at("defaults", 64));
        group.defaults.emplace();
        for (const json::Value& item : defaults.items()) {
            TRY_VALUE(std::string value, line_of(item, 512));
            group.defaults->emplace(item.key(), std::move(value));
        }
    }
    return group;
}

base::Result<GroupNew> decode_group_new(const json::Value& body) {
    TRY_VALUE(GroupPatch patch, decode_group_patch(body));
    TRY_VALUE(std::string name, line_at(body, "name", 128));
    return GroupNew{.name = std::move(name),
                    .query = patch.query.value_or(""),
                    .defaults = patch.defaults.value_or(std::map<std::string, std::string>())};
}

base::Result<DevicePatch> decode_device_changes(const json::Value& body) {
    DevicePatch patch;
    if (body.find("facts")) {
        TRY_VALUE(const json::Value facts, body.object_at("facts", 64));
        for (const json::Value& item : facts.items()) {
            std::optional<std::string> value;
            if (!item.is_null()) {
                TRY_VALUE(value, line_of(item, 512));
            }
            patch.facts.emplace(item.key(), std::move(value));
        }
    }
    if (const auto group = body.find("group")) {
        patch.group.emplace();
        if (!group->is_null()) {
            TRY_VALUE(*patch.group, id_of<device::GroupId>(*group));
        }
    }
    return patch;
}

base::Result<DevicePatch> decode_device_patch(const json::Value& body) {
    TRY(body.only({"facts", "group", "why"}));
    TRY_VALUE(DevicePatch patch, decode_device_changes(body));
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    patch.why = why.value_or("");
    return patch;
}

base::Result<std::string> decode_why(const json::Value& body, WhyIs rule) {
    TRY(body.only({"why"}));
    if (rule == WhyIs::required) return line_at(body, "why", 1000);
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    return why.value_or("");
}

base::Result<UploadNew> decode_upload(const json::Value& body) {
    TRY(body.only({"name", "length", "sha256"}));
    UploadNew upload;
    TRY_VALUE(upload.name, body.string_at("name", 255));
    if (auto valid = check_file_name(upload.name, 255); !valid.ok())
        return std::move(valid).error().at("/name");
    TRY_VALUE(upload.length, body.uint_at("length", 1ULL << 40));
    if (upload.length == 0) return base::invalid("an artifact is not empty").at("/length");
    TRY_VALUE(upload.sha256, digest_at(body, "sha256"));
    return upload;
}

base::Result<ReleaseNew> decode_release(const json::Value& body) {
    TRY(body.only(
        {"name", "version", "artifact", "models", "hw_revisions", "min_from", "sbom", "notes", "floor"}));
    ReleaseNew release;
    TRY_VALUE(release.name, line_at(body, "name", 64));
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    if (!std::ranges::all_of(release.name, plain) || !plain(release.name.front()) ||
        release.name.front() == '.' || release.name.front() == '_' || release.name.front() == '-')
        return base::invalid("a release's name is made of letters, digits, '.', '_' and '-'").at("/name");
    TRY_VALUE(release.version, line_at(body, "version", 128));
    TRY_VALUE(release.artifact, digest_at(body, "artifact"));
    TRY_VALUE(release.models, lines_at(body, "models", 64, 128));
    if (release.models.empty()) return base::invalid("a release names at least one model").at("/models");
    TRY_VALUE(release.hw_revisions, lines_at(body, "hw_revisions", 64, 64));
    TRY_VALUE(const auto min_from, body.optional_string_at("min_from", 128));
    release.min_from = min_from.value_or("");
    TRY_VALUE(const auto floor, body.optional_string_at("floor", 128));
    release.floor = floor.value_or("");
    if (const auto sbom = body.find("sbom"); sbom && !sbom->is_null()) {
        TRY_VALUE(const base::Digest256 set, digest_at(body, "sbom"));
        release.sbom = device::SetId(set);
    }
    TRY_VALUE(const auto notes, body.optional_string_at("notes", 16'384));
    release.notes = notes.value_or("");
    return release;
}

base::Result<ReleaseChange> decode_release_change(const json::Value& body) {
    TRY(body.only({"artifact", "sbom", "notes"}));
    ReleaseChange change;
    if (body.find("artifact")) {
        TRY_VALUE(change.artifact, digest_at(body, "artifact"));
    }
    if (body.find("sbom")) {
        TRY_VALUE(const base::Digest256 set, digest_at(body, "sbom"));
        change.sbom = device::SetId(set);
    }
    TRY_VALUE(change.notes, body.optional_string_at("notes", 16'384));
    if (!change.artifact && !change.sbom && !change.notes)
        return base::invalid("nothing would change; say artifact, sbom or notes");
    return change;
}

base::Result<WavesChange> decode_waves(const json::Value& body) {
    TRY(body.only({"waves", "content", "why"}));
    WavesChange change;
    TRY_VALUE(const auto waves, body.optional_array_at("waves", 16));
    if (!waves) return body.wrong("it says the waves, those that have opened too").at("/waves");
    TRY_VALUE(change.waves, waves_of(*waves));
    TRY_VALUE(change.content, digest_at(body, "content"));
    TRY_VALUE(change.why, line_at(body, "why", 1000));
    return change;
}

base::Result<ApprovalGiven> decode_approval(const json::Value& body) {
    TRY(body.only({"why", "content"}));
    ApprovalGiven given;
    TRY_VALUE(given.why, line_at(body, "why", 1000));
    if (body.find("content")) {
        TRY_VALUE(given.content, digest_at(body, "content"));
    }
    return given;
}

base::Result<PlanNew> decode_plan(const json::Value& body) {
    TRY(body.only({"name", "release", "floor", "query", "care", "first", "waves", "pace", "soak_seconds",
                   "step_timeout_seconds", "max_attempts", "rollback_on_halt", "priority", "starts_at"}));
    PlanNew plan;
    TRY_VALUE(plan.name, line_at(body, "name", 128));
    TRY_VALUE(const auto floor, body.optional_string_at("floor", 40));
    plan.floor = floor.value_or("");
    if (plan.floor.empty()) {
        TRY_VALUE(plan.release, id_at<rollout::ReleaseId>(body, "release"));
    } else if (body.find("release")) {
        return body.wrong("a plan is of a release or of a floor, not of both").at("/floor");
    }
    TRY_VALUE(const auto query, body.optional_string_at("query", device::kMaxQuerySent));
    plan.query = query.value_or("");
    TRY_VALUE(const auto care, body.optional_string_at("care", 64));
    if (care) {
        if (*care == "careful")
            plan.care = Care::careful;
        else if (*care == "urgent")
            plan.care = Care::urgent;
        else if (*care != "normal")
            return base::invalid("it is one of careful, normal, urgent").at("/care");
    }
    TRY_VALUE(const auto waves, body.optional_array_at("waves", 16));
    if (waves) {
        TRY_VALUE(plan.waves, waves_of(*waves));
    }
    TRY_VALUE(const auto first, body.optional_string_at("first", rollout::kMaxWaveQuery));
    if (first && waves)
        return body
            .wrong("it comes before the waves of `care`; with waves of your own, make it the first of them")
            .at("/first");
    plan.first = first.value_or("");
    if (const auto whom = device::parse_query(plan.first); !whom.ok())
        return base::Error(whom.error()).at("/first ");
    TRY_VALUE(const auto pace, body.optional_object_at("pace", 16));
    if (pace) {
        TRY_VALUE(plan.pace, pace_of(*pace));
    }
    TRY_VALUE(const auto soak, body.optional_uint_at("soak_seconds", 2'592'000));
    if (soak) plan.soak = std::chrono::seconds(*soak);
    TRY_VALUE(const auto timeout, body.optional_int_at("step_timeout_seconds", 10, 2'592'000));
    if (timeout) plan.step_timeout = std::chrono::seconds(*timeout);
    TRY_VALUE(const auto attempts, body.optional_int_at("max_attempts", 1, 20));
    if (attempts) plan.max_attempts = static_cast<std::uint32_t>(*attempts);
    TRY_VALUE(plan.rollback_on_halt, body.optional_bool_at("rollback_on_halt"));
    TRY_VALUE(const auto priority, body.optional_string_at("priority", 64));
    if (priority) {
        auto parsed = schedule::parse_priority(*priority);
        if (!parsed.ok()) return std::move(parsed).error().at("/priority");
        plan.priority = *parsed;
    }
    TRY_VALUE(const auto starts, body.optional_string_at("starts_at", 64));
    if (starts) {
        const auto time = base::parse_time(*starts);
        if (!time.ok()) return base::invalid("it is a time like 2026-11-30T22:00:00Z").at("/starts_at");
        plan.starts = *time;
    }
    return plan;
}

base::Result<BackupRequest> decode_backup(const json::Value& body) {
    TRY(body.only({"file", "with_files"}));
    TRY_VALUE(std::string file, body.string_at("file", 128));
    const bool plain = std::ranges::all_of(file, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    if (file.empty() || !plain || file.front() == '.' || file.front() == '_' || file.front() == '-')
        return base::invalid(
                   "it is a file name of letters, digits, '.', '_' and '-', beginning with a letter or digit")
            .at("/file");
    TRY_VALUE(const auto with_files, body.optional_bool_at("with_files"));
    return BackupRequest{std::move(file), with_files.value_or(true)};
}

base::Result<BackupSchedulePatch> decode_backup_schedule(const json::Value& body) {
    TRY(body.only({"every_seconds", "keep", "with_files"}));
    BackupSchedulePatch patch;
    TRY_VALUE(const auto every, body.optional_uint_at("every_seconds", 31'536'000));
    // More often they would only wear the disk.
    if (every && *every != 0 && *every < 900)
        return base::invalid("it is 0, for never, or at least 900: a quarter of an hour")
            .at("/every_seconds");
    if (every) patch.every_seconds = static_cast<std::uint32_t>(*every);
    TRY_VALUE(const auto keep, body.optional_int_at("keep", 1, 400));
    if (keep) patch.keep = static_cast<std::uint32_t>(*keep);
    TRY_VALUE(patch.with_files, body.optional_bool_at("with_files"));
    return patch;
}

base::Result<Those> those_named(const std::string& text, std::string fix) {
    if (!fix.empty()) {
        if (!text.empty()) return base::invalid("a part, or the devices of a fix, not both").at("fix");
        return Those{Part::of_fix, std::move(fix)};
    }
    if (text.empty()) return Those();
    for (const auto& [word, part] :
         {std::pair("unknown", Part::unknown), std::pair("no_software", Part::no_software),
          std::pair("unsupported", Part::unsupported), std::pair("fixable", Part::fixable),
          std::pair("affected", Part::affected), std::pair("fix_exists", Part::fix_exists),
          std::pair("in_rollout", Part::in_rollout), std::pair("unclear", Part::unclear),
          std::pair("without_fix", Part::without_fix), std::pair("not_assessed", Part::not_assessed),
          std::pair("partly_assessed", Part::partly_assessed)})
        if (text == word) return Those{part, {}};
    return base::invalid(
               "it is unknown, no_software, not_assessed, partly_assessed, unclear, unsupported, fixable, "
               "without_fix, affected, fix_exists or in_rollout")
        .at("part");
}

} // namespace oakum::api
