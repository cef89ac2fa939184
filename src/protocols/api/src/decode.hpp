// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/devices_service.hpp>
#include <api/groups_service.hpp>
#include <api/lwm2m_service.hpp>
#include <api/releases_service.hpp>
#include <api/rollouts_service.hpp>
#include <api/system_service.hpp>
#include <api/uploads_service.hpp>
#include <governance/rules.hpp>
#include <governance/sessions.hpp>
#include <governance/single_sign_on.hpp>
#include <governance/tokens.hpp>
#include <governance/users.hpp>
#include <json/value.hpp>

#include <string>

// Bodies of requests, from JSON to values, once. Each refuses members that it does not know; errors are
// invalid or too_large with the place as a JSON pointer.
namespace oakum::api {

struct PasswordBody {
    std::string current, next;
};
base::Result<governance::Credentials> decode_sign_in(const json::Value& body);
base::Result<std::string> decode_one_time(const json::Value& body);
base::Result<PasswordBody> decode_password(const json::Value& body);
base::Result<std::string> decode_code(const json::Value& body);
base::Result<governance::SignInRules> decode_sign_in_rules(const json::Value& body);
base::Result<governance::ProviderAnswer> decode_provider_answer(const json::Value& body);
struct BreakGlassBody {
    std::string name;
    bool renew = false;
};
base::Result<BreakGlassBody> decode_break_glass(const json::Value& body);
base::Result<governance::UserNew> decode_user_new(const json::Value& body);
base::Result<governance::UserPatch> decode_user_patch(const json::Value& body);
base::Result<governance::TokenNew> decode_token_new(const json::Value& body);
base::Result<governance::EnrolmentTokenNew> decode_enrolment_new(const json::Value& body);
base::Result<Lwm2mEndpointNew> decode_lwm2m_endpoint(const json::Value& body);
base::Result<GroupNew> decode_group_new(const json::Value& body);
base::Result<GroupPatch> decode_group_patch(const json::Value& body);
base::Result<DevicePatch> decode_device_patch(const json::Value& body);
// A part of a list, or the devices that a row of the queue of fixes counts; both empty: all. Errors: invalid
// at "part" or "fix".
base::Result<Those> those_named(const std::string& part, std::string fix);
// Its members `facts` and `group` alone, of a body that has more.
base::Result<DevicePatch> decode_device_changes(const json::Value& body);
enum class WhyIs : bool { optional, required };
base::Result<std::string> decode_why(const json::Value& body, WhyIs rule);
base::Result<UploadNew> decode_upload(const json::Value& body);
base::Result<ReleaseNew> decode_release(const json::Value& body);
base::Result<ReleaseChange> decode_release_change(const json::Value& body);
// The waves of a plan that is changed. Errors: invalid, with the place.
base::Result<WavesChange> decode_waves(const json::Value& body);
// A reason, and the content that is approved.
struct ApprovalGiven {
    std::string why;
    std::optional<base::Digest256> content;
};
base::Result<ApprovalGiven> decode_approval(const json::Value& body);
base::Result<PlanNew> decode_plan(const json::Value& body);
base::Result<BackupRequest> decode_backup(const json::Value& body);
base::Result<BackupSchedulePatch> decode_backup_schedule(const json::Value& body);

// A file's name and nothing of a path: 1 to `max` bytes, no separators, no control characters, not "." or
// "..".
base::Status check_file_name(std::string_view name, std::size_t max);

} // namespace oakum::api
