// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fake_shared.hpp"

// What is brought to them.
namespace oakum::api::test {

struct FakeUploads final : UploadsService, Asked {
    struct Piece final : UploadPiece {
        base::Status write(base::ByteView) override { return {}; }
        void finish(Answer<Upload> answer) override { answer(upload()); }
    };
    void begin(const access::Actor& a, UploadNew, Answer<Upload> answer) override {
        note(a, "begin"), answer(upload());
    }
    void get(const access::Actor& a, UploadId, Answer<Upload> answer) override {
        note(a, "get"), answer(upload());
    }
    base::Result<std::unique_ptr<UploadPiece>> append(const access::Actor& a, UploadId,
                                                      std::uint64_t offset) override {
        note(a, "append " + std::to_string(offset));
        if (offset != 4) return base::conflict("4 bytes are held").at("Upload-Offset");
        return std::unique_ptr<UploadPiece>(std::make_unique<Piece>());
    }
    void finish(const access::Actor& a, UploadId, Answer<Artifact> answer) override {
        note(a, "finish"), answer(artifact());
    }
    void artifacts(const access::Actor& a, PageRequest, Answer<Page<Artifact>> answer) override {
        note(a, "artifacts"), answer(page_of(artifact()));
    }
};

struct FakeReleases final : ReleasesService, Asked {
    void list(const access::Actor& a, ReleaseFilter filter, PageRequest,
              Answer<Page<ReleaseSummary>> answer) override {
        std::string asked = "list";
        if (filter.state) asked += " " + std::string(to_string(*filter.state));
        if (filter.awaits_approval) asked += " awaits approval";
        note(a, asked), answer(page_of<ReleaseSummary>(release()));
    }
    void get(const access::Actor& a, rollout::ReleaseId, Answer<Release> answer) override {
        note(a, "get"), answer(release());
    }
    void create(const access::Actor& a, ReleaseNew, Answer<Release> answer) override {
        note(a, "create"), answer(release());
    }
    void change(const access::Actor& a, rollout::ReleaseId, ReleaseChange, Answer<Release> answer) override {
        note(a, "change"), answer(release());
    }
    void let_through(const access::Actor& a, rollout::ReleaseId, intake::Check check, std::string,
                     Answer<Release> answer) override {
        note(a, "let through " + std::string(intake::to_string(check))), answer(release());
    }
    void verification_summary(const access::Actor& a, rollout::ReleaseId,
                              Answer<std::string> answer) override {
        note(a, "verification summary");
        answer(std::string(R"({"payloadType":"application/vnd.in-toto+json","payload":"e30=",)"
                           R"("signatures":[{"keyid":"00","sig":"AA=="}]})"));
    }
    void intake_policy(const access::Actor& a, Answer<intake::Policy> answer) override {
        note(a, "intake policy"), answer(intake::Policy());
    }
    void set_intake_policy(const access::Actor& a, std::map<intake::Check, bool> changes, std::string,
                           Answer<intake::Policy> answer) override {
        note(a, "set intake policy"), answer(intake::Policy().with(changes));
    }
    void trust(const access::Actor& a, intake::Signer signer, std::string,
               Answer<intake::Policy> answer) override {
        note(a, "trust " + signer.name), answer(intake::Policy().with(std::move(signer)));
    }
    void distrust(const access::Actor& a, std::string name, std::string,
                  Answer<intake::Policy> answer) override {
        note(a, "distrust " + name), answer(intake::Policy());
    }
    void attachments(const access::Actor& a, base::Digest256,
                     Answer<std::vector<Attachment>> answer) override {
        note(a, "attachments"), answer(std::vector{attachment()});
    }
    void attach(const access::Actor& a, base::Digest256, std::string name, std::string,
                Answer<std::vector<Attachment>> answer) override {
        note(a, "attach " + name), answer(std::vector{attachment()});
    }
    void detach(const access::Actor& a, base::Digest256, std::string name,
                Answer<std::vector<Attachment>> answer) override {
        note(a, "detach " + name), answer(std::vector<Attachment>());
    }
    void act(const access::Actor& a, rollout::ReleaseId, ReleaseAction action, std::string,
             Answer<Release> answer) override {
        note(a, std::string(to_string(action))), answer(release());
    }
};

struct FakeCarried final : CarriedService, Asked {
    void pack(const access::Actor& a, StickWish wish, Answer<Stick> answer) override {
        note(a, "pack " + wish.query + " for " + std::to_string(wish.days)), answer(stick());
    }
    void take(const access::Actor& a, ReceiptNew receipt, Answer<ReceiptTaken> answer) override {
        note(a, "take " + receipt.receipt), answer(receipt_taken());
    }
    void artifact(const access::Actor& a, base::Digest256 digest, Answer<Stored> answer) override {
        note(a, "artifact " + digest.hex()), answer(Stored{"/dev/null", 0});
    }
};

struct FakeRollouts final : RolloutsService, Asked {
    void list(const access::Actor& a, std::optional<rollout::State>, PageRequest,
              Answer<Page<RolloutSummary>> answer) override {
        note(a, "list"), answer(page_of<RolloutSummary>(rollout_value()));
    }
    void get(const access::Actor& a, rollout::RolloutId, Answer<Rollout> answer) override {
        note(a, "get"), answer(rollout_value());
    }
    void create(const access::Actor& a, PlanNew plan, Answer<Rollout> answer) override {
        note(a, "create " + plan.name);
        if (failure) return answer(*failure);
        answer(rollout_value());
    }
    void act(const access::Actor& a, rollout::RolloutId, RolloutAction action, std::string why,
             std::optional<base::Digest256> seen, Answer<Rollout> answer) override {
        note(a, std::string(to_string(action)) + ": " + why + (seen ? " of " + seen->hex() : ""));
        answer(rollout_value());
    }
    void change(const access::Actor& a, rollout::RolloutId, WavesChange change,
                Answer<Rollout> answer) override {
        note(a, "change " + std::to_string(change.waves.size()) + " waves: " + change.why);
        answer(rollout_value());
    }
    void devices(const access::Actor& a, rollout::RolloutId, DeploymentFilter filter, PageRequest,
                 Answer<Page<Deployment>> answer) override {
        std::string what = "devices";
        if (filter.outcome != DeploymentFilter::Outcome::any)
            what += " " + std::string(to_string(filter.outcome));
        if (filter.wave) what += " of wave " + std::to_string(*filter.wave);
        if (filter.model) what += " " + *filter.model;
        if (filter.reason) what += " " + std::string(install::to_string(*filter.reason));
        note(a, what), answer(page_of(deployment()));
    }
    void decisions(const access::Actor& a, rollout::RolloutId, PageRequest,
                   Answer<Page<RolloutDecision>> answer) override {
        note(a, "decisions"), answer(page_of(decision()));
    }
    void rehearse(const access::Actor& a, rollout::RolloutId, Answer<rehearsal::Report> answer) override {
        note(a, "rehearse"), answer(rehearsed());
    }
    void times(const access::Actor& a, rollout::RolloutId, Answer<RolloutTimes> answer) override {
        note(a, "times"), answer(rollout_times());
    }
    void explain(const access::Actor& a, rollout::RolloutId, Answer<explain::Explanation> answer) override {
        note(a, "explain"), answer(explanation());
    }
    std::optional<base::Error> failure;
};

struct FakeFindings final : FindingsService, Asked {
    void list(const access::Actor& a, FleetFindingWish wish, PageRequest,
              Answer<FleetFindingPage> answer) override {
        note(a, std::string(wish.exploited ? "exploited " : "") +
                    (wish.filter == FleetFindingFilter::assumed ? "assumed findings " : "findings ") +
                    wish.query + wish.fix);
        FleetFindingPage page;
        page.items = {fleet_finding()};
        page.findings = 7;
        answer(page);
    }
    void explain(const access::Actor& a, std::string advisory, device::DeviceId,
                 Answer<Explanation> answer) override {
        note(a, "explain " + advisory), answer(explanation());
    }
};

struct FakeSearch final : SearchService, Asked {
    void search(const access::Actor& a, search::Wanted wanted, Answer<SearchResults> answer) override {
        note(a, "search " + wanted.text()), answer(search_results());
    }
};

} // namespace oakum::api::test
