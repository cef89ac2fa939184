// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_shared.hpp"

// What is known of them: advisories, exposure, figures, feeds.
namespace oakum::api::test {

struct FakeAdvisories final : AdvisoriesService, Asked {
    void list(const access::Actor& a, AdvisoryQuery, Answer<AdvisoryPage> answer) override {
        note(a, "list");
        AdvisoryPage page;
        page.items = {advisory()};
        page.newest_record = kAt;
        answer(page);
    }
    void get(const access::Actor& a, std::string wanted, std::string,
             Answer<AdvisoryLookup> answer) override {
        note(a, "get " + wanted);
        answer(
            AdvisoryLookup{.advisory = wanted == "CVE-2024-6387" ? std::optional(advisory()) : std::nullopt,
                           .newest_record = kAt});
    }
    void then(const access::Actor& a, std::string wanted, std::string, base::TimePoint as_of,
              Answer<AdvisoryThen> answer) override {
        note(a, wanted + " as of " + base::to_iso8601(as_of)), answer(advisory_then());
    }
};

struct FakeExposure final : ExposureService, Asked {
    void exposure(const access::Actor& a, std::string, Answer<Exposure> answer) override {
        note(a, "exposure"), answer(test::exposure());
    }
    void deadline_record(const access::Actor& a, std::string, std::optional<base::TimePoint> as_of,
                         Answer<DeadlineRecord> answer) override {
        note(a, "deadlines" + (as_of ? " as of " + base::to_iso8601(*as_of) : "")), answer(test::deadlines());
    }
    void choose_fixes(const access::Actor& a, std::string, FixBudget budget,
                      Answer<FixChoice> answer) override {
        note(a, "choose " + std::to_string(budget.windows.value_or(0))), answer(test::fix_choice());
    }
    void fix_ends(const access::Actor& a, std::string fix, std::string, Answer<FixEnds> answer) override {
        note(a, "ends " + fix), answer(test::fix_ends());
    }
    void assign_fix(const access::Actor& a, std::string fix, std::string owner,
                    Answer<base::Nothing> answer) override {
        note(a, "assign " + fix + " to " + owner), answer(base::Nothing{});
    }
    void support_ends(const access::Actor& a, PageRequest, Answer<Page<SupportEnd>> answer) override {
        note(a, "support ends"), answer(page_of(test::support_end()));
    }
    void replace_support_ends(const access::Actor& a, std::string, Answer<base::Nothing> answer) override {
        note(a, "replace support ends"), answer(base::Nothing{});
    }
    void fixes(const access::Actor& a, std::string, FixFilter, PageRequest, Answer<FixPage> answer) override {
        note(a, "fixes");
        FixPage page;
        page.items = {fix()};
        page.total_risk = 200;
        answer(page);
    }
    void holes(const access::Actor& a, HoleFilter filter, PageRequest, Answer<Page<Hole>> answer) override {
        note(a, "holes " + std::string(to_string(filter.of)) + " " + std::string(to_string(filter.state)));
        answer(page_of(test::hole()));
    }
    void windows(const access::Actor& a, std::string, std::optional<base::TimePoint> as_of,
                 Answer<ExposureWindows> answer) override {
        note(a, "windows" + (as_of ? " as of " + base::to_iso8601(*as_of) : "")), answer(test::windows());
    }
};

struct FakeEvidence final : EvidenceService, Asked {
    void make(const access::Actor& a, EvidenceWish wish, Answer<Job> answer) override {
        note(a, "make " + wish.standard), answer(test::job());
    }
    void list(const access::Actor& a, PageRequest, Answer<Page<EvidencePack>> answer) override {
        note(a, "list");
        Page<EvidencePack> page;
        page.items = {{.file = "2026-11.tar",
                       .standard = "general",
                       .from = {},
                       .to = {},
                       .made = {},
                       .query = std::nullopt,
                       .made_by = "anna",
                       .bytes = 7,
                       .left_out = {"audit.csv: you see only some groups"}}};
        answer(page);
    }
    void file(const access::Actor& a, std::string, Answer<File> answer) override {
        note(a, "file"), answer(base::not_found("there is no such pack"));
    }
    void remove(const access::Actor& a, std::string, Answer<base::Nothing> answer) override {
        note(a, "remove"), answer(base::Nothing{});
    }
    void key(const access::Actor& a, Answer<EvidenceKey> answer) override {
        note(a, "key"), answer(EvidenceKey{std::string(64, 'a'), "-----BEGIN PUBLIC KEY-----"});
    }
    std::vector<EvidenceStandard> standards() const override { return {{"general", "No standard"}}; }
};

struct FakeFigures final : FiguresService, Asked {
    void adoption(const access::Actor& a, AdoptionRequest request, Answer<Adoption> answer) override {
        note(a, "adoption of " + request.model.value_or("the largest")), answer(test::adoption());
    }
    void figures(const access::Actor& a, FiguresRequest request, Answer<Figures> answer) override {
        note(a, "figures" + (request.from ? " from " + base::to_date(*request.from) : "") +
                    (request.to ? " to " + base::to_date(*request.to) : ""));
        answer(test::figures());
    }
    void heat(const access::Actor& a, HeatBy by, std::optional<base::TimePoint> as_of,
              Answer<Heat> answer) override {
        note(a, std::string(by == HeatBy::site ? "heat by site" : "heat by group") + (as_of ? " then" : ""));
        answer(test::heat());
    }
};

struct FakeFeeds final : FeedsService, Asked {
    struct Piece final : FeedUpload {
        explicit Piece(std::string& kept) : kept_(kept) {}
        base::Status write(base::ByteView piece) override {
            kept_ += base::as_text(piece);
            return {};
        }
        void finish(Answer<Job> answer) override { answer(job()); }
        std::string& kept_;
    };
    void list(const access::Actor& a, Answer<Page<Feed>> answer) override {
        note(a, "list"), answer(page_of(feed()));
    }
    base::Result<std::unique_ptr<FeedUpload>> begin_import(const access::Actor& a, FeedNew feed) override {
        note(a, "import " + feed.name + (feed.force ? " forced" : ""));
        return std::unique_ptr<FeedUpload>(std::make_unique<Piece>(received));
    }
    std::string received;
};

struct FakeJobs final : JobsService, Asked {
    void list(const access::Actor& a, PageRequest, Answer<Page<Job>> answer) override {
        note(a, "list"), answer(page_of(job()));
    }
    void get(const access::Actor& a, std::string, Answer<Job> answer) override {
        note(a, "get"), answer(job());
    }
    void cancel(const access::Actor& a, std::string, Answer<Job> answer) override {
        note(a, "cancel"), answer(job());
    }
};

} // namespace oakum::api::test
