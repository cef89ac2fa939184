// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "out.hpp"

#include <api/alarms_service.hpp>
#include <api/apple_service.hpp>
#include <api/budgets_service.hpp>
#include <api/carried_service.hpp>
#include <api/channels_service.hpp>
#include <api/connectors_service.hpp>
#include <api/devices_service.hpp>
#include <api/edits_service.hpp>
#include <api/evidence_service.hpp>
#include <api/exceptions_service.hpp>
#include <api/exposure_service.hpp>
#include <api/feeds_service.hpp>
#include <api/figures_service.hpp>
#include <api/findings_service.hpp>
#include <api/floors_service.hpp>
#include <api/groups_service.hpp>
#include <api/lwm2m_service.hpp>
#include <api/notices_service.hpp>
#include <api/policies_service.hpp>
#include <api/releases_service.hpp>
#include <api/rollouts_service.hpp>
#include <api/schedules_service.hpp>
#include <api/search_service.hpp>
#include <api/software_service.hpp>
#include <api/sources_service.hpp>
#include <api/system_service.hpp>
#include <api/uploads_service.hpp>
#include <governance/audit_log.hpp>

// openapi.json says what these write; a test holds each to its schema.
namespace oakum::api {

void write(Out& o, ports::Verdict verdict);
void write(Out& o, const GroupRef& v);
void write(Out& o, const UserRef& v);
void write(Out& o, const DeviceRef& v);
void write(Out& o, const ReleaseRef& v);
void write(Out& o, const RolloutRef& v);
void write(Out& o, const AdvisoryRef& v);
void write(Out& o, const SeverityCounts& v);
void write(Out& o, const component::Component& v);

void write(Out& o, const Group& v);
void write(Out& o, const DeviceSummary& v);
void write(Out& o, const Device& v);
void write(Out& o, const DeviceActionResult& v);
void write(Out& o, const Finding& v);
void write(Out& o, const FleetFinding& v);
void write(Out& o, const Software& v);
void write(Out& o, const DeviceEvent& v);
void write(Out& o, const Deployment& v);
void write(Out& o, const Explanation& v);
void write(Out& o, const DeviceImportResult& v);
void write(Out& o, const Facets& v);
void write(Out& o, const QueryPreview& v);

void write(Out& o, const AdvisorySummary& v);
void write(Out& o, const Advisory::Score& v);
void write(Out& o, const Advisory& v);
void write(Out& o, const EvidencePack& v);
void write(Out& o, const EvidenceStandard& v);
void write(Out& o, const Exposure& v);
void write(Out& o, const Fix& v);
void write(Out& o, const Hole& v);
void write(Out& o, const DeadlineRecord::Row& v);
void write(Out& o, const DeadlineRecord& v);
void write(Out& o, const FixChoice::Step& v);
void write(Out& o, const FixChoice& v);
void write(Out& o, const FixEnds::Row& v);
void write(Out& o, const FixEnds& v);
void write(Out& o, const SupportEnd& v);
void write(Out& o, const ExposureWindows& v);
void write(Out& o, const ports::FiguresRow& v);
void write(Out& o, const ports::MarkRow& v);
void write(Out& o, const Figures& v);
void write(Out& o, const Heat::Row& v);
void write(Out& o, const Heat& v);
void write(Out& o, const AdvisoryThen& v);
void write(Out& o, const Adoption::Model& v);
void write(Out& o, const Adoption::Row& v);
void write(Out& o, const Adoption& v);
void write(Out& o, const SbomAttached& v);
void write(Out& o, const Firmware& v);

void write(Out& o, const DeadlinePolicy::Outcome& v);
void write(Out& o, const DeadlinePolicy::Row& v);
void write(Out& o, const DeadlinePolicy& v);
void write(Out& o, const DeadlinePolicies::Use& v);
void write(Out& o, const DeadlinePolicies& v);
void write(Out& o, const DeadlinePreview::Row& v);
void write(Out& o, const DeadlinePreview& v);

void write(Out& o, const BulkPreview& v);
void write(Out& o, const ReplacementPreview& v);
void write(Out& o, const Edit& v);
void write(Out& o, const EditedDevice& v);

void write(Out& o, const Exception& v);
void write(Out& o, const ExceptionPreview& v);
void write(Out& o, const OwnAdvisory& v);

void write(Out& o, const Alarm& v);
void write(Out& o, const Channel& v);
void write(Out& o, const ChannelCreated& v);
void write(Out& o, const ChannelTest& v);
void write(Out& o, const Source& v);
void write(Out& o, const SourceTest& v);
void write(Out& o, const Connector::Sweep& v);
void write(Out& o, const Connector& v);
void write(Out& o, const ConnectorTest& v);
void write(Out& o, const connector::Permission& v);
void write(Out& o, const ConnectorKind& v);
void write(Out& o, const AppleManagement& v);
void write(Out& o, const AppleProfile& v);
void write(Out& o, const ApplePhone::Command& v);
void write(Out& o, const ApplePhone::Answer& v);
void write(Out& o, const ApplePhone& v);
void write(Out& o, const FloorPlan::Call& v);
void write(Out& o, const FloorPlan& v);
void write(Out& o, const Floor& v);

void write(Out& o, const Feed& v);
void write(Out& o, const Job& v);
void write(Out& o, const Upload& v);
void write(Out& o, const Artifact& v);
void write(Out& o, const ReleaseSummary& v);
void write(Out& o, const Release& v);
void write(Out& o, const Stick& v);
void write(Out& o, const ReceiptTaken& v);
void write(Out& o, const RolloutSummary& v);
void write(Out& o, const Rollout& v);
void write(Out& o, const RolloutDecision& v);
void write(Out& o, const RolloutTimes& v);
void write(Out& o, const rehearsal::Report& v);
void write(Out& o, const Schedule& v);
void write(Out& o, const Schedules& v);
void write(Out& o, const schedule::Interval& v);
void write(Out& o, const ScheduleDates& v);
void write(Out& o, const ScheduleCalendar& v);
void write(Out& o, const Budget& v);
void write(Out& o, const Budgets& v);
void write(Out& o, const Lwm2mEndpoint& v);
void write(Out& o, const Lwm2mEndpointMade& v);
void write(Out& o, const System& v);
void write(Out& o, const Health& v);
void write(Out& o, const Backup& v);
void write(Out& o, const BackupSchedule& v);
void write(Out& o, const SupportBundle& v);
void write(Out& o, const SearchResults& v);
void write(Out& o, const governance::AuditVerification& v);
void write(Out& o, const ports::AuditRow& v);

} // namespace oakum::api
