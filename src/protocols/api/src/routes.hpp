// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call.hpp"

#include <access/rules.hpp>

#include <span>

namespace oakum::api {

enum class Body : std::uint8_t {
    none,
    json,          // buffered, application/json
    optional_json, // the same, and it may be missing
    sbom,          // buffered, JSON under one of three names
    file,          // buffered: a table, XML or plain text
    stream,        // written as it comes
};
enum class Keeps : bool { answer, only_the_fact }; // what an idempotency key keeps: secrets are told once

// The one table that dispatches and that openapi.json is held to. A route without a permission is public by
// name.
struct Route {
    ports::Method method;
    std::string_view path; // "/api/v1/users/{id}"
    std::optional<access::Action> action;
    std::string_view parameters; // of the query, separated by spaces; others are refused
    Body body;
    std::uint64_t limit; // of the body, in bytes
    void (*handle)(Context&, Call);
    base::Result<std::unique_ptr<ports::BodySink>> (*open)(Context&, Call);
    Keeps keeps;
};

std::span<const Route> routes();

struct Found {
    const Route* route = nullptr;
    std::vector<std::string> path;
    std::string allow; // the methods there are, when the path is known and the method is not
};
// `path` as it is authorised and routed: decoded and normalised once, by the server.
Found find_route(ports::Method method, std::string_view path);

std::string_view to_string(ports::Method method);

// ---- handlers, by noun
void get_health(Context&, Call);
void get_readiness(Context&, Call);
void get_metrics(Context&, Call);
void get_openapi(Context&, Call);
void get_system(Context&, Call);
void create_backup(Context&, Call);
void get_support_bundle(Context&, Call);
void list_backups(Context&, Call);
void verify_backup(Context&, Call);
void get_backup_schedule(Context&, Call);
void change_backup_schedule(Context&, Call);
void search(Context&, Call);
void pack_stick(Context&, Call);
void take_receipt(Context&, Call);
void get_artifact(Context&, Call);
void list_evidence(Context&, Call);
void make_evidence(Context&, Call);
void get_evidence(Context&, Call);
void delete_evidence(Context&, Call);
void get_evidence_key(Context&, Call);
void list_views(Context&, Call);
void get_view(Context&, Call);
void create_view(Context&, Call);
void update_view(Context&, Call);
void delete_view(Context&, Call);
void stream_events(Context&, Call);

void preview_bulk(Context&, Call);
void apply_bulk(Context&, Call);
void preview_replacement(Context&, Call);
void replace_device(Context&, Call);
void list_edits(Context&, Call);
void get_edit(Context&, Call);
void list_edit_devices(Context&, Call);
void undo_edit(Context&, Call);
void list_exceptions(Context&, Call);
void get_exception(Context&, Call);
void preview_exception(Context&, Call);
void ask_exception(Context&, Call);
void decide_exception(Context&, Call);
void list_own_advisories(Context&, Call);
void add_own_advisory(Context&, Call);
void edit_own_advisory(Context&, Call);
void withdraw_own_advisory(Context&, Call);
void get_vex(Context&, Call);
void cancel_edit(Context&, Call);
void list_alarms(Context&, Call);
void get_alarm(Context&, Call);
void acknowledge_alarm(Context&, Call);
void mute_alarm(Context&, Call);
void unmute_alarm(Context&, Call);
void list_channels(Context&, Call);
void create_channel(Context&, Call);
void remove_channel(Context&, Call);
void test_channel(Context&, Call);
void list_sources(Context&, Call);
void set_source(Context&, Call);
void remove_source(Context&, Call);
void test_source(Context&, Call);
void sync_source(Context&, Call);
void list_connector_kinds(Context&, Call);
void list_connectors(Context&, Call);
void set_connector(Context&, Call);
void remove_connector(Context&, Call);
void test_connector(Context&, Call);
void sync_connector(Context&, Call);
void get_apple(Context&, Call);
void list_apple_phones(Context&, Call);
void make_apple_profile(Context&, Call);
void ask_apple_phone(Context&, Call);
void release_apple_phone(Context&, Call);
void plan_floor(Context&, Call);

void sign_in(Context&, Call);
void sign_in_once(Context&, Call);
void sign_out(Context&, Call);
void list_sessions(Context&, Call);
void end_session(Context&, Call);
void end_sessions(Context&, Call);
void begin_totp(Context&, Call);
void confirm_totp(Context&, Call);
void renew_recovery_codes(Context&, Call);
void end_totp(Context&, Call);
void reset_totp(Context&, Call);
void get_sign_in_rules(Context&, Call);
void test_provider(Context&, Call);
void begin_sign_in_code(Context&, Call);
void poll_sign_in_code(Context&, Call);
void look_at_sign_in_code(Context&, Call);
void grant_sign_in_code(Context&, Call);
void refuse_sign_in_code(Context&, Call);
void get_retention(Context&, Call);
void preview_retention(Context&, Call);
void set_retention(Context&, Call);
void preview_forgetting(Context&, Call);
void forget_user(Context&, Call);
void change_channel(Context&, Call);
void test_deadline_table(Context&, Call);
void test_keys(Context&, Call);
void set_sign_in_rules(Context&, Call);
void make_break_glass(Context&, Call);
void get_sign_in_ways(Context&, Call);
void begin_single_sign_on(Context&, Call);
void finish_single_sign_on(Context&, Call);
void get_me(Context&, Call);
void change_password(Context&, Call);
void list_users(Context&, Call);
void create_user(Context&, Call);
void update_user(Context&, Call);
void list_tokens(Context&, Call);
void create_token(Context&, Call);
void revoke_token(Context&, Call);
void list_enrolment_tokens(Context&, Call);
void create_enrolment_token(Context&, Call);
void revoke_enrolment_token(Context&, Call);
void list_lwm2m_endpoints(Context&, Call);
void add_lwm2m_endpoint(Context&, Call);
void remove_lwm2m_endpoint(Context&, Call);
void list_audit(Context&, Call);
void search_audit(Context&, Call);
void verify_audit(Context&, Call);

void list_schedules(Context&, Call);
void get_schedule_dates(Context&, Call);
void preview_schedule(Context&, Call);
void put_schedule(Context&, Call);
void remove_schedule(Context&, Call);
void list_budgets(Context&, Call);
void preview_budget(Context&, Call);
void put_budget(Context&, Call);
void remove_budget(Context&, Call);
void list_floors(Context&, Call);
void get_floor(Context&, Call);
void preview_floor(Context&, Call);
void put_floor(Context&, Call);
void remove_floor(Context&, Call);
void except_from_floor(Context&, Call);
void approve_floor_exception(Context&, Call);
void refuse_floor_exception(Context&, Call);
void withdraw_floor_exception(Context&, Call);
void list_deadline_policies(Context&, Call);
void get_deadline_policy(Context&, Call);
void preview_deadline_policy(Context&, Call);
void use_deadline_policy(Context&, Call);
void add_deadline_policy(Context&, Call);
void remove_deadline_policy(Context&, Call);

void list_groups(Context&, Call);
void create_group(Context&, Call);
void get_group(Context&, Call);
void update_group(Context&, Call);
void delete_group(Context&, Call);

void list_devices(Context&, Call);
void get_facets(Context&, Call);
void import_devices(Context&, Call);
void get_device(Context&, Call);
void update_device(Context&, Call);
void list_device_findings(Context&, Call);
void get_device_software(Context&, Call);
void list_device_history(Context&, Call);
void list_device_deployments(Context&, Call);
void explain_device(Context&, Call);
void act_on_device(Context&, Call);
void preview_query(Context&, Call);
void attach_sbom(Context&, Call);
void state_of_sbom(Context&, Call);
void list_firmware(Context&, Call);

void list_findings(Context&, Call);
void explain_finding(Context&, Call);
void list_advisories(Context&, Call);
void get_advisory(Context&, Call);
void get_exposure(Context&, Call);
void list_fixes(Context&, Call);
void choose_fixes(Context&, Call);
void get_fix_ends(Context&, Call);
void get_deadline_record(Context&, Call);
void assign_fix(Context&, Call);
void list_support_ends(Context&, Call);
void replace_support_ends(Context&, Call);
void get_exposure_windows(Context&, Call);
void list_holes(Context&, Call);
void get_figures(Context&, Call);
void get_adoption(Context&, Call);
void get_heat(Context&, Call);
void get_advisory_then(Context&, Call);
void list_feeds(Context&, Call);
base::Result<std::unique_ptr<ports::BodySink>> import_feed(Context&, Call);
void list_jobs(Context&, Call);
void get_job(Context&, Call);
void cancel_job(Context&, Call);

void begin_upload(Context&, Call);
void get_upload(Context&, Call);
base::Result<std::unique_ptr<ports::BodySink>> append_upload(Context&, Call);
void finish_upload(Context&, Call);
void list_artifacts(Context&, Call);
void list_releases(Context&, Call);
void create_release(Context&, Call);
void get_release(Context&, Call);
void get_verification_summary(Context&, Call);
void act_on_release(Context&, Call);
void change_release(Context&, Call);
void let_release_through(Context&, Call);
void get_intake_policy(Context&, Call);
void set_intake_policy(Context&, Call);
void trust_signer(Context&, Call);
void distrust_signer(Context&, Call);
void list_attachments(Context&, Call);
void attach_to_artifact(Context&, Call);
void detach_from_artifact(Context&, Call);
void list_rollouts(Context&, Call);
void create_rollout(Context&, Call);
void get_rollout(Context&, Call);
void act_on_rollout(Context&, Call);
void change_rollout_waves(Context&, Call);
void list_rollout_devices(Context&, Call);
void list_rollout_decisions(Context&, Call);
void explain_rollout(Context&, Call);
void get_rollout_times(Context&, Call);
void rehearse_rollout(Context&, Call);

} // namespace oakum::api
