// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"
#include "kept_answers.hpp"

#include <api/exposure_service.hpp>
#include <assessment/assessor.hpp>
#include <assessment/exposure.hpp>
#include <assessment/fix_queue.hpp>

namespace oakum::server {

// Figures of a fleet: what it is exposed to, what removes it, how long holes stayed open.
class ExposureService final : public api::ExposureService {
  public:
    ExposureService(Context context, fleet::Registry& registry, assessment::Assessor& assessor)
        : context_(context), registry_(registry), assessor_(assessor) {}

    void exposure(const access::Actor& actor, std::string query, api::Answer<api::Exposure> answer) override;
    void fixes(const access::Actor& actor, std::string query, api::FixFilter filter, api::PageRequest page,
               api::Answer<api::FixPage> answer) override;
    void choose_fixes(const access::Actor& actor, std::string query, api::FixBudget budget,
                      api::Answer<api::FixChoice> answer) override;
    void fix_ends(const access::Actor& actor, std::string fix, std::string query,
                  api::Answer<api::FixEnds> answer) override;
    void assign_fix(const access::Actor& actor, std::string fix, std::string owner,
                    api::Answer<base::Nothing> answer) override;
    void support_ends(const access::Actor& actor, api::PageRequest page,
                      api::Answer<api::Page<api::SupportEnd>> answer) override;
    void replace_support_ends(const access::Actor& actor, std::string table,
                              api::Answer<base::Nothing> answer) override;
    void windows(const access::Actor& actor, std::string query, std::optional<base::TimePoint> as_of,
                 api::Answer<api::ExposureWindows> answer) override;

    void deadline_record(const access::Actor& actor, std::string query, std::optional<base::TimePoint> as_of,
                         api::Answer<api::DeadlineRecord> answer) override;
    void holes(const access::Actor& actor, api::HoleFilter filter, api::PageRequest page,
               api::Answer<api::Page<api::Hole>> answer) override;

  private:
    base::Result<api::DeadlineRecord> record(device::TenantId tenant, const fleet::Selection& selection,
                                             std::string query, std::optional<base::TimePoint> as_of) const;
    base::Result<api::Page<api::Hole>> holes_of(device::TenantId tenant, const fleet::Selection& selection,
                                                const api::HoleFilter& filter,
                                                const api::PageRequest& page) const;
    base::Result<api::ExposureWindows> measure(device::TenantId tenant, const fleet::Selection& selection,
                                               std::string query, std::optional<base::TimePoint> as_of) const;

    Context context_;
    fleet::Registry& registry_;
    assessment::Assessor& assessor_;
    KeptAnswers<api::DeadlineRecord> record_kept_;
    KeptAnswers<api::ExposureWindows> windows_kept_;
};

// The releases at hand; the rows that they point to are the caller's to keep.
std::vector<assessment::Offer> published_offers(const Context& context, const assessment::Assessor& assessor,
                                                device::TenantId tenant);
// What there is to fix now, and what one row of it is about.
assessment::FixQueue queue_of(const Context& context, const assessment::Assessor& assessor,
                              const assessment::AssessedFleet& assessed, const fleet::Selection& selection,
                              assessment::FixFindings* findings = nullptr);
// Errors: not_found (no such row, now).
base::Result<assessment::FixFindings> findings_of_fix(const Context& context,
                                                      const assessment::Assessor& assessor,
                                                      const assessment::AssessedFleet& assessed,
                                                      const fleet::Selection& selection,
                                                      const std::string& fix);
// To which classes of the windows an advisory belongs.
std::vector<api::ExposureWindows::Class> classes_of(const advisory::AdvisoryView& view);
// A query for the devices that an approved rollout has or will have in its waves; empty without one.
std::string approved_scopes(const Context& context, device::TenantId tenant);
api::Severity severity_of(advisory::Severity severity);
// Its title, or the beginning of its description, cut between words.
std::string title_of(const advisory::AdvisoryView& view);
api::SeverityCounts severity_counts(const std::array<std::uint64_t, 6>& counts);
api::AdvisorySummary advisory_summary(const assessment::Knowledge& knowledge,
                                      const assessment::AdvisoryFigures& figures, std::uint64_t devices);
// The same for a row of the fleet's figures: a device without software cannot be told clean of anything.
api::AdvisorySummary advisory_row(const assessment::Knowledge& knowledge, assessment::AdvisoryFigures row,
                                  const assessment::Figures& fleet);
api::AdvisoryRef advisory_ref(const advisory::AdvisoryView& view);
// The value of an effective fact, and what its facts make of a device for risk.
std::optional<std::string> fact_of(const std::vector<device::Fact>& facts, std::string_view key);
risk::Context context_of(const std::vector<device::Fact>& facts);
// By what people call it too: "cve-2024-6387".
std::vector<std::uint32_t> by_any_name(const advisory::AdvisoryFile& file, std::string_view id);
// Whether what is in the release is affected by the advisory too, or may be.
bool still_open(const assessment::Assessor& assessor, device::TenantId tenant,
                const ports::ReleaseRow& release, std::uint32_t index);
// Feeds whose last import is older than a week.
std::vector<std::string> stale_feeds(const Context& context, device::TenantId tenant);

} // namespace oakum::server
