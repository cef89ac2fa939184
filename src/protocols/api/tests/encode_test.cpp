// SPDX-License-Identifier: Apache-2.0
#include "openapi.hpp"
#include "samples.hpp"
#include "schema.hpp"

#include <doctest/doctest.h>
#include <json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

namespace oakum::api {
void write(Out& o, const Group& v); // beside the handlers
void write(Out& o, const governance::OpenSession& v);
} // namespace oakum::api

using namespace oakum;
using namespace oakum::api;

namespace {

const json::Limits kLimits{.max_bytes = 4 << 20, .max_depth = 32, .max_values = 200'000, .floats = true};
using Answers = std::vector<std::pair<std::string, std::string>>;

// Everything filled in.
Answers full() {
    using namespace test;
    return {
        {"DeviceSummary", to_json(static_cast<const DeviceSummary&>(device_value()))},
        {"Device", to_json(device_value())},
        {"DeviceActionResult", to_json(DeviceActionResult{.device = device_value(), .sentence = "Held."})},
        {"Finding", to_json(finding())},
        {"FleetFinding", to_json(fleet_finding())},
        {"Software", to_json(software())},
        {"DeviceEvent", to_json(event())},
        {"Deployment", to_json(deployment())},
        {"Explanation", to_json(explanation())},
        {"DeviceImportResult", to_json(import_result())},
        {"Facets", to_json(facets())},
        {"QueryPreview", to_json(preview())},
        {"AdvisorySummary", to_json(static_cast<const AdvisorySummary&>(test::advisory()))},
        {"Advisory", to_json(test::advisory())},
        {"Exposure", to_json(exposure())},
        {"Fix", to_json(fix())},
        {"FixChoice", to_json(fix_choice())},
        {"FixEnds", to_json(fix_ends())},
        {"Adoption", to_json(adoption())},
        {"DeadlineRecord", to_json(deadlines())},
        {"Hole", to_json(hole())},
        {"SupportEnd", to_json(support_end())},
        {"RolloutTimes", to_json(rollout_times())},
        {"Rehearsal", to_json(rehearsed())},
        {"Schedule", to_json(a_schedule())},
        {"FloorPolicyView", to_json(a_floor())},
        {"Schedules", to_json(Schedules{{a_schedule()}})},
        {"ScheduleCalendar", to_json(ScheduleCalendar{kAt, kAt, {schedule_dates()}})},
        {"Budget", to_json(a_budget())},
        {"Lwm2mEndpoint", to_json(lwm2m_endpoint())},
        {"Lwm2mEndpointMade", to_json(Lwm2mEndpointMade{lwm2m_endpoint(), "00ff"})},
        {"Budgets", to_json(Budgets{{a_budget()}})},
        {"DeadlinePolicy", to_json(policy())},
        {"DeadlinePolicies", to_json(policies())},
        {"DeadlinePreview", to_json(policy_preview())},
        {"ExposureWindows", to_json(windows())},
        {"Figures", to_json(figures())},
        {"Heat", to_json(heat())},
        {"AdvisoryThen", to_json(advisory_then())},
        {"Feed", to_json(feed())},
        {"Job", to_json(job())},
        {"Upload", to_json(upload())},
        {"Artifact", to_json(artifact())},
        {"Stick", to_json(stick())},
        {"ReceiptTaken", to_json(receipt_taken())},
        {"ReleaseSummary", to_json(static_cast<const ReleaseSummary&>(release()))},
        {"Release", to_json(release())},
        {"RolloutSummary", to_json(static_cast<const RolloutSummary&>(rollout_value()))},
        {"Rollout", to_json(rollout_value())},
        {"RolloutDecision", to_json(decision())},
        {"SbomAttached", to_json(sbom())},
        {"Firmware", to_json(firmware())},
        {"SearchResults", to_json(search_results())},
        {"System", to_json(system_value())},
        {"Health", to_json(health())},
        {"Backup", to_json(test::backup())},
        {"BackupSchedule", to_json(backup_schedule())},
        {"SupportBundle", to_json(test::support_bundle())},
        {"Group", to_json(group())},
        {"OpenSession", to_json(open_session())},
        {"BulkPreview", to_json(bulk_preview())},
        {"ReplacementPreview", to_json(replacement_preview())},
        {"Edit", to_json(test::edit())},
        {"EditedDevice", to_json(edited_device())},
        {"Exception", to_json(exception_value())},
        {"ExceptionPreview", to_json(exception_preview())},
        {"OwnAdvisory", to_json(own_advisory())},
        {"Alarm", to_json(test::alarm())},
        {"Channel", to_json(channel())},
        {"ChannelCreated", to_json(ChannelCreated{channel(), "s3cret"})},
        {"Source", to_json(feed_source())},
        {"Connector", to_json(management_connector())},
        {"AppleManagement", to_json(apple_management())},
        {"AppleProfile", to_json(apple_profile())},
        {"ApplePhone", to_json(apple_phone())},
        {"ConnectorKind", to_json(ConnectorKind{})},
        {"FloorPlan", to_json(floor_plan())},
        {"ConnectorTest", to_json(ConnectorTest{true, "The connector hq answers."})},
        {"SourceTest", to_json(SourceTest{true, "The source kev: it answers."})},
        {"ChannelTest", to_json(ChannelTest{false, "It did not arrive: nobody answers at its address."})},
        {"AuditRecord", to_json(audit_row())}};
}

// Nothing known: each optional is null, each list empty.
Answers empty() {
    return {{"DeviceSummary", to_json(DeviceSummary{})},
            {"Device", to_json(Device{})},
            {"Finding", to_json(Finding{})},
            {"FleetFinding", to_json(FleetFinding{})},
            {"Hole", to_json(Hole{})},
            {"Software", to_json(Software{})},
            {"Deployment", to_json(Deployment{})},
            {"Explanation", to_json(Explanation{})},
            {"DeviceImportResult", to_json(DeviceImportResult{})},
            {"Facets", to_json(Facets{})},
            {"QueryPreview", to_json(QueryPreview{})},
            {"AdvisorySummary", to_json(AdvisorySummary{})},
            {"Advisory", to_json(Advisory{})},
            {"Exposure", to_json(Exposure{})},
            {"Fix", to_json(Fix{})},
            {"FixChoice", to_json(FixChoice{})},
            {"FixEnds", to_json(FixEnds{})},
            {"Adoption", to_json(Adoption{})},
            {"DeadlineRecord", to_json(DeadlineRecord{})},
            {"SupportEnd", to_json(SupportEnd{})},
            {"DeadlinePolicy", to_json(DeadlinePolicy{})},
            {"DeadlinePreview", to_json(DeadlinePreview{})},
            {"ExposureWindows", to_json(ExposureWindows{})},
            {"Figures", to_json(Figures{})},
            {"Heat", to_json(Heat{.as_of = {}, .rows = {Heat::Row{}}})},
            {"AdvisoryThen", to_json(AdvisoryThen{})},
            {"Artifact", to_json(Artifact{})},
            {"Release", to_json(Release{})},
            {"Rollout", to_json(Rollout{})},
            {"SearchResults", to_json(SearchResults{})},
            {"System", to_json(System{})},
            {"Backup", to_json(Backup{})},
            {"BackupSchedule", to_json(BackupSchedule{})},
            {"OpenSession", to_json(governance::OpenSession{})},
            {"BulkPreview", to_json(BulkPreview{})},
            {"Edit", to_json(Edit{})},
            {"EditedDevice", to_json(EditedDevice{})},
            {"Exception", to_json(Exception{})},
            {"ExceptionPreview", to_json(ExceptionPreview{})},
            {"OwnAdvisory", to_json(OwnAdvisory{})},
            {"Alarm", to_json(Alarm{})},
            {"Channel", to_json(Channel{})},
            {"Source", to_json(test::unsynced_source())},
            {"AppleManagement", to_json(AppleManagement{})},
            {"ApplePhone", to_json(ApplePhone{})},
            {"Connector", to_json(test::unsynced_connector())},
            {"ChannelCreated", to_json(ChannelCreated{})},
            {"Group", to_json(Group{})}};
}

std::string pretty(const json::Value& value, const std::string& indent = "") {
    if (value.size() == 0) return std::string(value.source());
    std::string text = value.is_array() ? "[\n" : "{\n";
    std::size_t left = value.size();
    for (const json::Value& item : value.items()) {
        text += indent + "  ";
        if (value.is_object()) {
            json::append_quoted(text, item.key());
            text += ": ";
        }
        text += pretty(item, indent + "  ") + (--left == 0 ? "\n" : ",\n");
    }
    return text + indent + (value.is_array() ? "]" : "}");
}

} // namespace

TEST_CASE("each answer is what the document says, with everything known and with nothing known") {
    const test::Schemas schemas(json::parse(openapi_document(), kLimits).value());
    for (const Answers& answers : {full(), empty()})
        for (const auto& [schema, text] : answers) {
            CAPTURE(schema);
            const auto value = json::parse(text, kLimits);
            REQUIRE(value.ok());
            for (const std::string& wrong : schemas.check(*value, schema))
                FAIL_CHECK(wrong);
        }
}

TEST_CASE("an answer's words are the golden file's") {
    std::string text = "{\n";
    const Answers answers = full();
    for (std::size_t i = 0; i < answers.size(); ++i)
        text += "  \"" + answers[i].first +
                "\": " + pretty(json::parse(answers[i].second, kLimits).value(), "  ") +
                (i + 1 == answers.size() ? "\n" : ",\n");
    text += "}\n";
    const std::string path = std::string(OAKUM_SOURCE_DIR) + "/tests/data/api/answers.json";
    if (std::getenv("OAKUM_REWRITE_GOLDEN")) {
        std::ofstream(path) << text;
        return;
    }
    std::ostringstream golden;
    golden << std::ifstream(path).rdbuf();
    CHECK(text == golden.str());
}

TEST_CASE("what a device says of itself leaves JSON whole and the page unharmed") {
    Deployment v;
    v.detail = "\x1b[31m\" \\ \n <script> \xff\xfe end";
    const auto value = json::parse(to_json(v));
    REQUIRE(value.ok());
    const std::string back = value->string_at("detail").value();
    CHECK(back.find("<script>") != std::string::npos);
    CHECK(back.ends_with("end"));
}

TEST_CASE("an audit record whose kept JSON is damaged is shown without it") {
    ports::AuditRow row = test::audit_row();
    row.before = "{\"name\":";
    const auto value = json::parse(to_json(row));
    REQUIRE(value.ok());
    CHECK(value->find("before")->is_null());
    CHECK(value->find("after")->is_object());
}
