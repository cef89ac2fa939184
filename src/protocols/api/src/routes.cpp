// SPDX-License-Identifier: Apache-2.0
#include "routes.hpp"

#include <array>

namespace oakum::api {
namespace {

using access::Action;
using ports::Method;

constexpr std::nullopt_t kPublic = std::nullopt;
constexpr std::uint64_t kSmall = 65'536;

// clang-format off
constexpr std::array kRoutes = std::to_array<Route>({
    {Method::get, "/healthz", kPublic, "", Body::none, 0, get_health, nullptr, Keeps::answer},
    {Method::get, "/readyz", kPublic, "", Body::none, 0, get_readiness, nullptr, Keeps::answer},
    {Method::get, "/metrics", Action::system_read, "", Body::none, 0, get_metrics, nullptr, Keeps::answer},
    {Method::get, "/api/v1/openapi.json", kPublic, "", Body::none, 0, get_openapi, nullptr, Keeps::answer},
    {Method::post, "/api/v1/session", kPublic, "", Body::json, kSmall, sign_in, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/session/one-time", kPublic, "", Body::json, kSmall, sign_in_once, nullptr, Keeps::only_the_fact},
    {Method::get, "/api/v1/session/ways", kPublic, "", Body::none, 0, get_sign_in_ways, nullptr, Keeps::answer},
    {Method::post, "/api/v1/session/provider", kPublic, "", Body::none, 0, begin_single_sign_on, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/session/provider/finish", kPublic, "", Body::json, kSmall, finish_single_sign_on, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/session/code", kPublic, "", Body::json, 4096, begin_sign_in_code, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/session/code/poll", kPublic, "", Body::json, 4096, poll_sign_in_code, nullptr, Keeps::only_the_fact},
    {Method::get, "/api/v1/sign-in-codes", Action::token_edit, "code", Body::none, 0, look_at_sign_in_code, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sign-in-codes/actions/grant", Action::token_edit, "", Body::json, 4096, grant_sign_in_code, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sign-in-codes/actions/refuse", Action::token_edit, "", Body::json, 4096, refuse_sign_in_code, nullptr, Keeps::answer},
    {Method::post, "/api/v1/provider/actions/test", Action::user_edit, "", Body::none, 0, test_provider, nullptr, Keeps::answer},
    {Method::del, "/api/v1/session", Action::self_edit, "", Body::none, 0, sign_out, nullptr, Keeps::answer},
    {Method::get, "/api/v1/sessions", Action::self_edit, "user cursor limit", Body::none, 0, list_sessions, nullptr, Keeps::answer},
    {Method::del, "/api/v1/sessions", Action::self_edit, "user", Body::none, 0, end_sessions, nullptr, Keeps::answer},
    {Method::del, "/api/v1/sessions/{id}", Action::self_edit, "", Body::none, 0, end_session, nullptr, Keeps::answer},
    {Method::get, "/api/v1/me", Action::self_edit, "", Body::none, 0, get_me, nullptr, Keeps::answer},
    {Method::put, "/api/v1/me/password", Action::self_edit, "", Body::json, kSmall, change_password, nullptr, Keeps::answer},
    {Method::post, "/api/v1/me/totp", Action::self_edit, "", Body::none, 0, begin_totp, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/me/totp/confirm", Action::self_edit, "", Body::json, kSmall, confirm_totp, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/me/totp/recovery-codes", Action::self_edit, "", Body::json, kSmall, renew_recovery_codes, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/me/totp/off", Action::self_edit, "", Body::json, kSmall, end_totp, nullptr, Keeps::answer},
    {Method::get, "/api/v1/sign-in-rules", Action::user_read, "", Body::none, 0, get_sign_in_rules, nullptr, Keeps::answer},
    {Method::put, "/api/v1/sign-in-rules", Action::user_edit, "", Body::json, kSmall, set_sign_in_rules, nullptr, Keeps::answer},
    {Method::post, "/api/v1/users/break-glass", Action::user_edit, "", Body::json, kSmall, make_break_glass, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/users/{id}/actions/reset-totp", Action::user_edit, "", Body::json, kSmall, reset_totp, nullptr, Keeps::answer},
    {Method::get, "/api/v1/users/{id}/forgetting", Action::user_edit, "", Body::none, 0, preview_forgetting, nullptr, Keeps::answer},
    {Method::post, "/api/v1/users/{id}/actions/forget", Action::user_edit, "", Body::json, kSmall, forget_user, nullptr, Keeps::answer},
    {Method::get, "/api/v1/retention", Action::system_read, "", Body::none, 0, get_retention, nullptr, Keeps::answer},
    {Method::post, "/api/v1/retention/preview", Action::policy_edit, "", Body::json, kSmall, preview_retention, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/retention", Action::policy_edit, "", Body::json, kSmall, set_retention, nullptr, Keeps::answer},
    {Method::get, "/api/v1/users", Action::user_read, "cursor limit", Body::none, 0, list_users, nullptr, Keeps::answer},
    {Method::post, "/api/v1/users", Action::user_edit, "", Body::json, kSmall, create_user, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/users/{id}", Action::user_edit, "", Body::json, kSmall, update_user, nullptr, Keeps::answer},
    {Method::get, "/api/v1/tokens", Action::token_read, "cursor limit", Body::none, 0, list_tokens, nullptr, Keeps::answer},
    {Method::post, "/api/v1/tokens", Action::token_edit, "", Body::json, kSmall, create_token, nullptr, Keeps::only_the_fact},
    {Method::del, "/api/v1/tokens/{id}", Action::self_edit, "", Body::none, 0, revoke_token, nullptr, Keeps::answer},
    {Method::get, "/api/v1/enrolment-tokens", Action::enrolment_read, "cursor limit", Body::none, 0, list_enrolment_tokens, nullptr, Keeps::answer},
    {Method::post, "/api/v1/enrolment-tokens", Action::enrolment_edit, "", Body::json, kSmall, create_enrolment_token, nullptr, Keeps::only_the_fact},
    {Method::del, "/api/v1/enrolment-tokens/{id}", Action::enrolment_edit, "", Body::none, 0, revoke_enrolment_token, nullptr, Keeps::answer},
    {Method::get, "/api/v1/lwm2m-endpoints", Action::enrolment_read, "cursor limit", Body::none, 0, list_lwm2m_endpoints, nullptr, Keeps::answer},
    {Method::post, "/api/v1/lwm2m-endpoints", Action::enrolment_edit, "", Body::json, kSmall, add_lwm2m_endpoint, nullptr, Keeps::only_the_fact},
    {Method::del, "/api/v1/lwm2m-endpoints/{id}", Action::enrolment_edit, "", Body::none, 0, remove_lwm2m_endpoint, nullptr, Keeps::answer},
    {Method::get, "/api/v1/policies/deadlines", Action::policy_read, "", Body::none, 0, list_deadline_policies, nullptr, Keeps::answer},
    {Method::post, "/api/v1/policies/deadlines", Action::policy_edit, "", Body::json, 131'072, add_deadline_policy, nullptr, Keeps::answer},
    {Method::post, "/api/v1/policies/deadlines/test", Action::policy_edit, "", Body::json, 131'072, test_deadline_table, nullptr, Keeps::answer},
    {Method::put, "/api/v1/policies/deadlines/in-use", Action::policy_edit, "", Body::json, kSmall, use_deadline_policy, nullptr, Keeps::answer},
    {Method::get, "/api/v1/policies/deadlines/{id}", Action::policy_read, "", Body::none, 0, get_deadline_policy, nullptr, Keeps::answer},
    {Method::del, "/api/v1/policies/deadlines/{id}", Action::policy_edit, "", Body::none, 0, remove_deadline_policy, nullptr, Keeps::answer},
    {Method::get, "/api/v1/policies/deadlines/{id}/change", Action::policy_read, "days", Body::none, 0, preview_deadline_policy, nullptr, Keeps::answer},
    {Method::get, "/api/v1/schedules", Action::policy_read, "kind", Body::none, 0, list_schedules, nullptr, Keeps::answer},
    {Method::get, "/api/v1/schedules/dates", Action::policy_read, "from to", Body::none, 0, get_schedule_dates, nullptr, Keeps::answer},
    {Method::post, "/api/v1/schedules/preview", Action::policy_edit, "", Body::json, kSmall, preview_schedule, nullptr, Keeps::answer},
    {Method::put, "/api/v1/schedules/{id}", Action::policy_edit, "", Body::json, kSmall, put_schedule, nullptr, Keeps::answer},
    {Method::del, "/api/v1/schedules/{id}", Action::policy_edit, "", Body::none, 0, remove_schedule, nullptr, Keeps::answer},
    {Method::get, "/api/v1/budgets", Action::policy_read, "", Body::none, 0, list_budgets, nullptr, Keeps::answer},
    {Method::post, "/api/v1/budgets/preview", Action::policy_edit, "", Body::json, kSmall, preview_budget, nullptr, Keeps::answer},
    {Method::put, "/api/v1/budgets/{id}", Action::policy_edit, "", Body::json, kSmall, put_budget, nullptr, Keeps::answer},
    {Method::del, "/api/v1/budgets/{id}", Action::policy_edit, "", Body::none, 0, remove_budget, nullptr, Keeps::answer},
    {Method::get, "/api/v1/floors", Action::policy_read, "cursor limit", Body::none, 0, list_floors, nullptr, Keeps::answer},
    {Method::post, "/api/v1/floors/preview", Action::policy_edit, "", Body::json, kSmall, preview_floor, nullptr, Keeps::answer},
    {Method::get, "/api/v1/floors/{id}", Action::policy_read, "", Body::none, 0, get_floor, nullptr, Keeps::answer},
    {Method::put, "/api/v1/floors/{id}", Action::policy_edit, "", Body::json, kSmall, put_floor, nullptr, Keeps::answer},
    {Method::del, "/api/v1/floors/{id}", Action::policy_edit, "", Body::none, 0, remove_floor, nullptr, Keeps::answer},
    {Method::post, "/api/v1/floors/{id}/exceptions", Action::exception_ask, "", Body::json, kSmall, except_from_floor, nullptr, Keeps::answer},
    {Method::post, "/api/v1/floors/{id}/actions/approve", Action::exception_approve, "", Body::json, kSmall, approve_floor_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/floors/{id}/actions/refuse", Action::exception_approve, "", Body::json, kSmall, refuse_floor_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/floors/{id}/actions/withdraw", Action::exception_withdraw, "", Body::json, kSmall, withdraw_floor_exception, nullptr, Keeps::answer},
    {Method::get, "/api/v1/groups", Action::group_read, "cursor limit", Body::none, 0, list_groups, nullptr, Keeps::answer},
    {Method::post, "/api/v1/groups", Action::group_edit, "", Body::json, 131'072, create_group, nullptr, Keeps::answer},
    {Method::get, "/api/v1/groups/{id}", Action::group_read, "", Body::none, 0, get_group, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/groups/{id}", Action::group_edit, "", Body::json, 131'072, update_group, nullptr, Keeps::answer},
    {Method::del, "/api/v1/groups/{id}", Action::group_edit, "", Body::none, 0, delete_group, nullptr, Keeps::answer},
    {Method::get, "/api/v1/views", Action::self_edit, "list cursor limit", Body::none, 0, list_views, nullptr, Keeps::answer},
    {Method::post, "/api/v1/views", Action::self_edit, "", Body::json, kSmall, create_view, nullptr, Keeps::answer},
    {Method::get, "/api/v1/views/{id}", Action::self_edit, "", Body::none, 0, get_view, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/views/{id}", Action::self_edit, "", Body::json, kSmall, update_view, nullptr, Keeps::answer},
    {Method::del, "/api/v1/views/{id}", Action::self_edit, "", Body::none, 0, delete_view, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices", Action::device_read, "query part fix facts sort view cursor limit", Body::none, 0, list_devices, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/facets", Action::device_read, "query keys", Body::none, 0, get_facets, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/import", Action::device_import, "dry_run group name columns persons dates every_refusal wait", Body::file, 67'108'864, import_devices, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/bulk/preview", Action::device_edit, "", Body::json, 524'288, preview_bulk, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/bulk", Action::device_edit, "", Body::json, 524'288, apply_bulk, nullptr, Keeps::answer},
    {Method::get, "/api/v1/edits", Action::device_read, "kind cursor limit", Body::none, 0, list_edits, nullptr, Keeps::answer},
    {Method::get, "/api/v1/edits/{id}", Action::device_read, "", Body::none, 0, get_edit, nullptr, Keeps::answer},
    {Method::get, "/api/v1/edits/{id}/devices", Action::device_read, "cursor limit", Body::none, 0, list_edit_devices, nullptr, Keeps::answer},
    {Method::post, "/api/v1/edits/{id}/actions/undo", Action::device_edit, "", Body::optional_json, kSmall, undo_edit, nullptr, Keeps::answer},
    {Method::post, "/api/v1/edits/{id}/actions/cancel", Action::device_edit, "", Body::optional_json, kSmall, cancel_edit, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}", Action::device_read, "", Body::none, 0, get_device, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/devices/{id}", Action::device_edit, "", Body::json, 131'072, update_device, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}/findings", Action::device_read, "state as_of cursor limit", Body::none, 0, list_device_findings, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}/software", Action::device_read, "as_of name most", Body::none, 0, get_device_software, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}/history", Action::device_read, "cursor limit", Body::none, 0, list_device_history, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}/deployments", Action::device_read, "cursor limit", Body::none, 0, list_device_deployments, nullptr, Keeps::answer},
    {Method::get, "/api/v1/devices/{id}/explain", Action::device_read, "", Body::none, 0, explain_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/accept", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/hold", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/release", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/retire", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/replace/preview", Action::device_operate, "", Body::json, 4096, preview_replacement, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/replace", Action::device_operate, "", Body::json, 4096, replace_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/update-now", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/clear-clone", Action::device_operate, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::post, "/api/v1/devices/{id}/actions/revoke", Action::device_revoke, "", Body::optional_json, kSmall, act_on_device, nullptr, Keeps::answer},
    {Method::get, "/api/v1/query/preview", Action::device_read, "query", Body::none, 0, preview_query, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sboms", Action::device_import, "model version device name", Body::sbom, 67'108'864, attach_sbom, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sboms/statements", Action::device_import, "model version name", Body::sbom, 67'108'864, state_of_sbom, nullptr, Keeps::answer},
    {Method::get, "/api/v1/firmware", Action::device_read, "cursor limit", Body::none, 0, list_firmware, nullptr, Keeps::answer},
    {Method::get, "/api/v1/findings", Action::device_read, "query state fix exploited as_of view cursor limit", Body::none, 0, list_findings, nullptr, Keeps::answer},
    {Method::get, "/api/v1/findings/{id}/explain", Action::device_read, "device", Body::none, 0, explain_finding, nullptr, Keeps::answer},
    {Method::get, "/api/v1/advisories", Action::advisory_read, "query search only view cursor limit", Body::none, 0, list_advisories, nullptr, Keeps::answer},
    {Method::get, "/api/v1/advisories/{id}", Action::advisory_read, "query", Body::none, 0, get_advisory, nullptr, Keeps::answer},
    {Method::get, "/api/v1/advisories/{id}/then", Action::advisory_read, "query as_of", Body::none, 0, get_advisory_then, nullptr, Keeps::answer},
    {Method::get, "/api/v1/exposure", Action::device_read, "query", Body::none, 0, get_exposure, nullptr, Keeps::answer},
    {Method::get, "/api/v1/figures", Action::device_read, "group from to", Body::none, 0, get_figures, nullptr, Keeps::answer},
    {Method::get, "/api/v1/figures/now", Action::device_read, "by as_of", Body::none, 0, get_heat, nullptr, Keeps::answer},
    {Method::get, "/api/v1/adoption", Action::device_read, "model from to", Body::none, 0, get_adoption, nullptr, Keeps::answer},
    {Method::get, "/api/v1/fixes/choice", Action::device_read, "query windows restarts", Body::none, 0, choose_fixes, nullptr, Keeps::answer},
    {Method::get, "/api/v1/fixes/ends", Action::device_read, "fix query", Body::none, 0, get_fix_ends, nullptr, Keeps::answer},
    {Method::put, "/api/v1/fixes/owner", Action::rollout_create, "", Body::json, kSmall, assign_fix, nullptr, Keeps::answer},
    {Method::get, "/api/v1/support-ends", Action::policy_read, "cursor limit", Body::none, 0, list_support_ends, nullptr, Keeps::answer},
    {Method::put, "/api/v1/support-ends", Action::policy_edit, "", Body::json, 2'097'152, replace_support_ends, nullptr, Keeps::answer},
    {Method::get, "/api/v1/fixes", Action::device_read, "query view state cursor limit", Body::none, 0, list_fixes, nullptr, Keeps::answer},
    {Method::get, "/api/v1/proof/deadlines", Action::device_read, "query as_of", Body::none, 0, get_deadline_record, nullptr, Keeps::answer},
    {Method::get, "/api/v1/proof/exposure-windows", Action::device_read, "query as_of", Body::none, 0, get_exposure_windows, nullptr, Keeps::answer},
    {Method::get, "/api/v1/proof/holes", Action::device_read, "query as_of class state group cursor limit", Body::none, 0, list_holes, nullptr, Keeps::answer},
    {Method::get, "/api/v1/evidence", Action::audit_read, "cursor limit", Body::none, 0, list_evidence, nullptr, Keeps::answer},
    {Method::post, "/api/v1/evidence", Action::backup_create, "", Body::json, kSmall, make_evidence, nullptr, Keeps::answer},
    {Method::get, "/api/v1/evidence/{id}", Action::audit_read, "", Body::none, 0, get_evidence, nullptr, Keeps::answer},
    {Method::del, "/api/v1/evidence/{id}", Action::backup_create, "", Body::none, 0, delete_evidence, nullptr, Keeps::answer},
    {Method::get, "/api/v1/evidence-key", Action::audit_read, "", Body::none, 0, get_evidence_key, nullptr, Keeps::answer},
    {Method::get, "/api/v1/feeds", Action::advisory_read, "", Body::none, 0, list_feeds, nullptr, Keeps::answer},
    {Method::post, "/api/v1/feeds/import", Action::feed_import, "name force", Body::stream, 8'589'934'592, nullptr, import_feed, Keeps::answer},
    {Method::get, "/api/v1/sources", Action::advisory_read, "cursor limit", Body::none, 0, list_sources, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/sources/{id}", Action::source_edit, "", Body::json, kSmall, set_source, nullptr, Keeps::answer},
    {Method::del, "/api/v1/sources/{id}", Action::source_edit, "", Body::none, 0, remove_source, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sources/{id}/actions/test", Action::source_edit, "", Body::none, 0, test_source, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sources/{id}/actions/sync", Action::feed_import, "", Body::optional_json, kSmall, sync_source, nullptr, Keeps::answer},
    {Method::get, "/api/v1/connector-kinds", Action::device_read, "cursor limit", Body::none, 0, list_connector_kinds, nullptr, Keeps::answer},
    {Method::get, "/api/v1/connectors", Action::device_read, "cursor limit", Body::none, 0, list_connectors, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/connectors/{id}", Action::source_edit, "", Body::json, kSmall, set_connector, nullptr, Keeps::answer},
    {Method::del, "/api/v1/connectors/{id}", Action::source_edit, "", Body::none, 0, remove_connector, nullptr, Keeps::answer},
    {Method::post, "/api/v1/connectors/{id}/actions/test", Action::source_edit, "", Body::none, 0, test_connector, nullptr, Keeps::answer},
    {Method::post, "/api/v1/connectors/{id}/actions/sync", Action::device_import, "", Body::optional_json, kSmall, sync_connector, nullptr, Keeps::answer},
    {Method::post, "/api/v1/connectors/{id}/actions/plan-floor", Action::device_import, "", Body::json, kSmall, plan_floor, nullptr, Keeps::answer},
    {Method::get, "/api/v1/apple", Action::device_read, "", Body::none, 0, get_apple, nullptr, Keeps::answer},
    {Method::get, "/api/v1/apple/phones", Action::device_read, "cursor limit", Body::none, 0, list_apple_phones, nullptr, Keeps::answer},
    {Method::post, "/api/v1/apple/profiles", Action::enrolment_edit, "", Body::json, kSmall, make_apple_profile, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/apple/phones/{id}/actions/ask", Action::device_operate, "", Body::none, 0, ask_apple_phone, nullptr, Keeps::answer},
    {Method::post, "/api/v1/apple/phones/{id}/actions/release", Action::device_operate, "", Body::none, 0, release_apple_phone, nullptr, Keeps::answer},
    {Method::get, "/api/v1/jobs", Action::job_read, "cursor limit", Body::none, 0, list_jobs, nullptr, Keeps::answer},
    {Method::get, "/api/v1/jobs/{id}", Action::job_read, "", Body::none, 0, get_job, nullptr, Keeps::answer},
    {Method::del, "/api/v1/jobs/{id}", Action::job_cancel, "", Body::none, 0, cancel_job, nullptr, Keeps::answer},
    {Method::post, "/api/v1/uploads", Action::artifact_upload, "", Body::json, kSmall, begin_upload, nullptr, Keeps::answer},
    {Method::get, "/api/v1/uploads/{id}", Action::artifact_upload, "", Body::none, 0, get_upload, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/uploads/{id}", Action::artifact_upload, "", Body::stream, 1'099'511'627'776, nullptr, append_upload, Keeps::answer},
    {Method::post, "/api/v1/uploads/{id}/finish", Action::artifact_upload, "", Body::none, 0, finish_upload, nullptr, Keeps::answer},
    {Method::get, "/api/v1/artifacts", Action::artifact_read, "cursor limit", Body::none, 0, list_artifacts, nullptr, Keeps::answer},
    {Method::get, "/api/v1/artifacts/{id}", Action::artifact_read, "", Body::none, 0, get_artifact, nullptr, Keeps::answer},
    {Method::get, "/api/v1/releases", Action::release_read, "state awaits_approval view cursor limit", Body::none, 0, list_releases, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases", Action::release_create, "", Body::json, kSmall, create_release, nullptr, Keeps::answer},
    {Method::get, "/api/v1/releases/{id}", Action::release_read, "", Body::none, 0, get_release, nullptr, Keeps::answer},
    {Method::get, "/api/v1/releases/{id}/verification-summary", Action::release_read, "", Body::none, 0, get_verification_summary, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/releases/{id}", Action::release_create, "", Body::json, kSmall, change_release, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases/{id}/actions/approve", Action::release_publish, "", Body::optional_json, kSmall, act_on_release, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases/{id}/actions/refuse", Action::release_publish, "", Body::optional_json, kSmall, act_on_release, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases/{id}/actions/let-through", Action::policy_edit, "", Body::json, kSmall, let_release_through, nullptr, Keeps::answer},
    {Method::get, "/api/v1/intake", Action::policy_read, "", Body::none, 0, get_intake_policy, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/intake", Action::policy_edit, "", Body::json, kSmall, set_intake_policy, nullptr, Keeps::answer},
    {Method::put, "/api/v1/intake/signers/{id}", Action::policy_edit, "", Body::json, kSmall, trust_signer, nullptr, Keeps::answer},
    {Method::del, "/api/v1/intake/signers/{id}", Action::policy_edit, "why", Body::none, 0, distrust_signer, nullptr, Keeps::answer},
    {Method::get, "/api/v1/artifacts/{id}/attachments", Action::artifact_read, "", Body::none, 0, list_attachments, nullptr, Keeps::answer},
    {Method::post, "/api/v1/artifacts/{id}/actions/attach", Action::artifact_upload, "", Body::json, 2'097'152, attach_to_artifact, nullptr, Keeps::answer},
    {Method::post, "/api/v1/artifacts/{id}/actions/detach", Action::artifact_upload, "", Body::json, kSmall, detach_from_artifact, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases/{id}/actions/publish", Action::release_publish, "", Body::optional_json, kSmall, act_on_release, nullptr, Keeps::answer},
    {Method::post, "/api/v1/releases/{id}/actions/withdraw", Action::release_withdraw, "", Body::optional_json, kSmall, act_on_release, nullptr, Keeps::answer},
    {Method::post, "/api/v1/sticks", Action::device_operate, "", Body::json, kSmall, pack_stick, nullptr, Keeps::only_the_fact},
    {Method::post, "/api/v1/receipts", Action::device_operate, "", Body::json, kSmall, take_receipt, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts", Action::rollout_read, "state view cursor limit", Body::none, 0, list_rollouts, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts", Action::rollout_create, "", Body::json, kSmall, create_rollout, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}", Action::rollout_read, "", Body::none, 0, get_rollout, nullptr, Keeps::answer},
    {Method::put, "/api/v1/rollouts/{id}/waves", Action::rollout_create, "", Body::json, kSmall, change_rollout_waves, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/start", Action::rollout_operate, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/approve", Action::rollout_approve, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/pause", Action::rollout_halt, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/resume", Action::rollout_operate, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/halt", Action::rollout_halt, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/abort", Action::rollout_halt, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/open-next-wave", Action::rollout_operate, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/roll-back", Action::rollout_operate, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::post, "/api/v1/rollouts/{id}/actions/finish", Action::rollout_operate, "", Body::json, kSmall, act_on_rollout, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}/devices", Action::rollout_read, "state outcome wave model reason cursor limit", Body::none, 0, list_rollout_devices, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}/decisions", Action::rollout_read, "cursor limit", Body::none, 0, list_rollout_decisions, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}/explain", Action::rollout_read, "", Body::none, 0, explain_rollout, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}/rehearsal", Action::rollout_create, "", Body::none, 0, rehearse_rollout, nullptr, Keeps::answer},
    {Method::get, "/api/v1/rollouts/{id}/times", Action::rollout_read, "", Body::none, 0, get_rollout_times, nullptr, Keeps::answer},
    {Method::get, "/api/v1/audit", Action::audit_read, "after from to limit", Body::none, 0, list_audit, nullptr, Keeps::answer},
    {Method::get, "/api/v1/audit/search", Action::audit_read, "q before limit", Body::none, 0, search_audit, nullptr, Keeps::answer},
    {Method::get, "/api/v1/audit/verify", Action::audit_read, "", Body::none, 0, verify_audit, nullptr, Keeps::answer},
    {Method::get, "/api/v1/events", Action::device_read, "kinds", Body::none, 0, stream_events, nullptr, Keeps::answer},
    {Method::get, "/api/v1/system", Action::system_read, "", Body::none, 0, get_system, nullptr, Keeps::answer},
    {Method::post, "/api/v1/keys/actions/test", Action::backup_create, "", Body::none, 0, test_keys, nullptr, Keeps::answer},
    {Method::get, "/api/v1/backups", Action::system_read, "cursor limit", Body::none, 0, list_backups, nullptr, Keeps::answer},
    {Method::post, "/api/v1/backups", Action::backup_create, "", Body::json, kSmall, create_backup, nullptr, Keeps::answer},
    {Method::get, "/api/v1/backups/schedule", Action::system_read, "", Body::none, 0, get_backup_schedule, nullptr, Keeps::answer},
    {Method::patch, "/api/v1/backups/schedule", Action::backup_create, "", Body::json, kSmall, change_backup_schedule, nullptr, Keeps::answer},
    {Method::post, "/api/v1/backups/{id}/actions/verify", Action::backup_create, "", Body::none, 0, verify_backup, nullptr, Keeps::answer},
    {Method::get, "/api/v1/support-bundle", Action::backup_create, "", Body::none, 0, get_support_bundle, nullptr, Keeps::answer},
    {Method::get, "/api/v1/exceptions", Action::exception_read, "state from to cursor limit", Body::none, 0, list_exceptions, nullptr, Keeps::answer},
    {Method::get, "/api/v1/exceptions/{id}", Action::exception_read, "", Body::none, 0, get_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/exceptions/preview", Action::exception_ask, "", Body::json, 131'072, preview_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/exceptions", Action::exception_ask, "", Body::json, 131'072, ask_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/exceptions/{id}/actions/approve", Action::exception_approve, "", Body::optional_json, kSmall, decide_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/exceptions/{id}/actions/refuse", Action::exception_approve, "", Body::optional_json, kSmall, decide_exception, nullptr, Keeps::answer},
    {Method::post, "/api/v1/exceptions/{id}/actions/withdraw", Action::exception_withdraw, "", Body::optional_json, kSmall, decide_exception, nullptr, Keeps::answer},
    {Method::get, "/api/v1/own-advisories", Action::advisory_read, "cursor limit", Body::none, 0, list_own_advisories, nullptr, Keeps::answer},
    {Method::post, "/api/v1/own-advisories", Action::notice_edit, "", Body::json, 131'072, add_own_advisory, nullptr, Keeps::answer},
    {Method::put, "/api/v1/own-advisories/{id}", Action::notice_edit, "", Body::json, 131'072, edit_own_advisory, nullptr, Keeps::answer},
    {Method::post, "/api/v1/own-advisories/{id}/actions/withdraw", Action::notice_edit, "", Body::optional_json, kSmall, withdraw_own_advisory, nullptr, Keeps::answer},
    {Method::get, "/api/v1/vex", Action::advisory_read, "format advisory release query", Body::none, 0, get_vex, nullptr, Keeps::answer},
    {Method::get, "/api/v1/alarms", Action::alarm_read, "state view cursor limit", Body::none, 0, list_alarms, nullptr, Keeps::answer},
    {Method::get, "/api/v1/alarms/{id}", Action::alarm_read, "", Body::none, 0, get_alarm, nullptr, Keeps::answer},
    {Method::post, "/api/v1/alarms/{id}/actions/acknowledge", Action::alarm_edit, "", Body::optional_json, kSmall, acknowledge_alarm, nullptr, Keeps::answer},
    {Method::post, "/api/v1/alarms/{id}/actions/mute", Action::alarm_edit, "", Body::json, kSmall, mute_alarm, nullptr, Keeps::answer},
    {Method::post, "/api/v1/alarms/{id}/actions/unmute", Action::alarm_edit, "", Body::optional_json, kSmall, unmute_alarm, nullptr, Keeps::answer},
    {Method::get, "/api/v1/channels", Action::channel_read, "cursor limit", Body::none, 0, list_channels, nullptr, Keeps::answer},
    {Method::post, "/api/v1/channels", Action::channel_edit, "", Body::json, kSmall, create_channel, nullptr, Keeps::only_the_fact},
    {Method::patch, "/api/v1/channels/{id}", Action::channel_edit, "", Body::json, kSmall, change_channel, nullptr, Keeps::answer},
    {Method::del, "/api/v1/channels/{id}", Action::channel_edit, "", Body::none, 0, remove_channel, nullptr, Keeps::answer},
    {Method::post, "/api/v1/channels/{id}/actions/test", Action::channel_edit, "", Body::optional_json, kSmall, test_channel, nullptr, Keeps::answer},
    {Method::get, "/api/v1/search", Action::device_read, "q", Body::none, 0, search, nullptr, Keeps::answer},
});
// clang-format on

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::size_t end = path.find('/');
        parts.push_back(path.substr(0, end));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return parts;
}

struct Pattern {
    const Route* route;
    std::vector<std::string_view> parts;
};

const std::vector<Pattern>& patterns() {
    static const std::vector<Pattern> all = [] {
        std::vector<Pattern> list;
        for (const Route& route : kRoutes)
            list.push_back({&route, segments(route.path)});
        return list;
    }();
    return all;
}

bool is_hole(std::string_view part) {
    return part.starts_with('{');
}

} // namespace

std::span<const Route> routes() {
    return kRoutes;
}

std::string_view to_string(ports::Method method) {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::head:
        return "HEAD";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::del:
        return "DELETE";
    }
    return "GET";
}

Found find_route(ports::Method method, std::string_view path) {
    Found found;
    if (path.empty() || path.front() != '/' || path.size() > 512) return found;
    const Method wanted = method == Method::head ? Method::get : method;
    const auto parts = segments(path);
    std::size_t best_holes = SIZE_MAX;
    for (const Pattern& pattern : patterns()) {
        if (pattern.parts.size() != parts.size()) continue;
        std::vector<std::string> holes;
        bool fits = true;
        for (std::size_t i = 0; fits && i < parts.size(); ++i)
            if (is_hole(pattern.parts[i])) {
                fits = !parts[i].empty();
                holes.emplace_back(parts[i]);
            } else {
                fits = pattern.parts[i] == parts[i];
            }
        // "/devices/facets" is not the device "facets": what is named exactly wins over what only fits, for
        // every method.
        if (!fits || holes.size() > best_holes) continue;
        if (holes.size() < best_holes) {
            found = {};
            best_holes = holes.size();
        }
        found.allow.append(found.allow.empty() ? "" : ", ").append(to_string(pattern.route->method));
        if (pattern.route->method == wanted) {
            found.route = pattern.route;
            found.path = std::move(holes);
        }
    }
    return found;
}

} // namespace oakum::api
