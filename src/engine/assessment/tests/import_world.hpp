// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../fleet/tests/house.hpp"

#include <assessment/assessor.hpp>
#include <doctest/doctest.h>

// A house with an assessor that imports feeds from memory.
namespace oakum::assessment::test {

using fleet::test::kTenant;

struct Held final : ports::CompiledAdvisories {
    base::Bytes held;
    base::ByteView bytes() const override { return held; }
};

struct Files final : ports::FeedFiles {
    std::map<std::string, std::string> files; // incoming and kept
    struct Partial {
        std::string bytes, note;
    };
    std::map<std::string, Partial> partial; // what was cut off
    std::uint64_t free = std::uint64_t{1} << 40;
    int finished = 0;
    std::shared_ptr<Held> held;
    std::optional<base::Bytes> history;
    int compiled_times = 0;
    bool waiting = false; // a kept feed is not compiled

    struct Arriving final : ports::IncomingFeed {
        explicit Arriving(Files& of) : files(of) {}
        base::Status write(base::ByteView piece) override {
            text += base::as_text(piece);
            return {};
        }
        base::Result<std::string> finish() override {
            const std::string name = "incoming-finished-" + std::to_string(++files.finished);
            files.files[name] = text;
            return name;
        }
        Files& files;
        std::string text;
    };
    base::Result<std::unique_ptr<ports::IncomingFeed>> begin() override {
        return std::unique_ptr<ports::IncomingFeed>(std::make_unique<Arriving>(*this));
    }
    struct Download final : ports::PartialFeed {
        Download(Files& of, std::string name) : files(of), name_(std::move(name)) { files.partial[name_]; }
        std::uint64_t size() const override { return files.partial.at(name_).bytes.size(); }
        const std::string& note() const override { return files.partial.at(name_).note; }
        base::Status set_note(std::string note) override {
            files.partial.at(name_).note = std::move(note);
            return {};
        }
        base::Status cut(std::uint64_t size) override {
            files.partial.at(name_).bytes.resize(size);
            return {};
        }
        base::Status write(base::ByteView piece) override {
            files.partial.at(name_).bytes += base::as_text(piece);
            return {};
        }
        base::Result<std::string> finish() override {
            const std::string incoming = "incoming-finished-" + std::to_string(++files.finished);
            files.files[incoming] = files.partial.at(name_).bytes;
            files.partial.erase(name_);
            return incoming;
        }
        Files& files;
        std::string name_;
    };
    base::Result<std::unique_ptr<ports::PartialFeed>> resume(const std::string& name) override {
        return std::unique_ptr<ports::PartialFeed>(std::make_unique<Download>(*this, name));
    }
    base::Status forget_partial_except(const std::vector<std::string>& names) override {
        std::erase_if(partial,
                      [&](const auto& each) { return std::ranges::find(names, each.first) == names.end(); });
        return {};
    }
    base::Result<std::uint64_t> room() override { return free; }
    base::Result<std::vector<std::string>> kept() override {
        std::vector<std::string> names;
        for (const auto& [name, text] : files)
            if (!name.starts_with("incoming")) names.push_back(name);
        return names;
    }
    base::Status read(const std::string& name,
                      const std::function<base::Status(base::ByteView)>& piece) override {
        const auto found = files.find(name);
        if (found == files.end()) return base::not_found("there is no " + name);
        return piece(base::as_bytes(found->second));
    }
    base::Status keep(const std::string& incoming, const std::string& name) override {
        waiting = true;
        files[name] = files.at(incoming);
        files.erase(incoming);
        return {};
    }
    base::Status discard(const std::string& incoming) override {
        files.erase(incoming);
        return {};
    }
    base::Status replace_compiled(base::ByteView bytes) override {
        held = std::make_shared<Held>();
        held->held.assign(bytes.begin(), bytes.end());
        ++compiled_times;
        waiting = false;
        return {};
    }
    base::Result<base::Bytes> scores() override {
        if (!history) return base::not_found("there are no earlier scores");
        return *history;
    }
    base::Status replace_scores(base::ByteView bytes) override {
        history = base::Bytes(bytes.begin(), bytes.end());
        return {};
    }
    bool kept_since_compiled() override { return waiting; }
    base::Result<std::shared_ptr<const ports::CompiledAdvisories>> compiled() override {
        if (!held) return base::not_found("nothing was compiled yet");
        return std::shared_ptr<const ports::CompiledAdvisories>(held);
    }
};

struct ImportWorld : fleet::test::House {
    Files files;
    shard::Jobs jobs{writer, control, executor, clock, ids, log};
    Assessor assessor{core, files, jobs, executor, log};
    int sent = 0;

    ImportWorld() {
        assessor.register_jobs();
        REQUIRE(assessor.start().ok());
        jobs.take_up();
    }
    // Queues an import; the job's id comes once it is durable.
    std::shared_ptr<std::string> send(const std::string& name, const std::string& text,
                                      Force force = Force::no) {
        const std::string incoming = "incoming-" + std::to_string(++sent);
        files.files[incoming] = text;
        auto id = std::make_shared<std::string>();
        assessor.import_feed(admin, incoming, name, force, [id](base::Result<std::string> given) {
            REQUIRE(given.ok());
            *id = *given;
        });
        return id;
    }
    // What came together, as one job.
    std::string import(Arrivals arrivals, const std::vector<std::string>& texts) {
        for (std::size_t i = 0; i < texts.size(); ++i) {
            arrivals.feeds[i].incoming = "incoming-" + std::to_string(++sent);
            files.files[arrivals.feeds[i].incoming] = texts[i];
        }
        std::string id;
        jobs.enqueue(kTenant, "feed import", "reading", import_payload(arrivals),
                     {"user anna", "feed.import", "feed", "", "", ""},
                     [&id](base::Result<std::string> given) { id = given.value(); });
        settle();
        return end_of(id);
    }
    std::string end_of(const std::string& id) {
        const auto row = control.find<ports::JobRow>(kTenant, id);
        REQUIRE(row);
        return row->state + ": " + row->detail;
    }
    std::string import(const std::string& name, const std::string& text, Force force = Force::no) {
        const auto id = send(name, text, force);
        settle();
        return end_of(*id);
    }
    // A device whose software is what an advisory is about, by the advisory's id. Gives the subject's id.
    device::SetId device_with(const std::string& advisory, const std::string& version,
                              const std::map<std::string, std::string>& facts = {}) {
        return fleet::subject(live.device({kTenant, device_id_with(advisory, version, facts)})->base_set).id;
    }
    device::DeviceId device_id_with(const std::string& advisory, const std::string& version,
                                    const std::map<std::string, std::string>& facts = {}) {
        component::Component app;
        app.name = "x/" + advisory;
        app.version = version;
        app.purl = "pkg:golang/x/" + advisory + "@" + version;
        const device::ComponentId component = fleet::component_id(app);
        std::vector<device::ComponentId> members{component};
        const device::SetId set = fleet::set_id(members);
        ports::DeviceRow device;
        device.id = ids.next_as<device::DeviceId>();
        device.lifecycle = device::Lifecycle::active;
        device.base_set = set;
        put_all(shard::control_of(kTenant),
                {ports::ComponentRow{component, app},
                 ports::SoftwareSetRow{set, ports::Layer::base, {component}, {}, "SBOM"}});
        std::vector<ports::Row> rows{device};
        for (const auto& [key, value] : facts)
            rows.push_back(ports::FactRow{device.id, {key, value, device::FactSource::person, "", {}}});
        put_all(shard::place_of(kTenant, device.id), rows);
        return device.id;
    }
    void put_all(shard::Place place, std::vector<ports::Row> rows) {
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        place, shard::Priority::person,
                        [rows](shard::Transaction& transaction) -> base::Status {
                            for (const ports::Row& row : rows)
                                std::visit([&](const auto& value) { transaction.put(value); }, row);
                            return {};
                        },
                        reply);
                }).ok());
    }
    // Findings among what waits to be committed.
    std::size_t findings_under_way() const {
        std::size_t found = 0;
        for (const auto& part : journal.batch().shards)
            for (const auto& row : part.rows)
                found += std::holds_alternative<ports::SetFindingRow>(row) ? 1 : 0;
        return found;
    }
    bool says(const std::string& whole, std::string_view part) const {
        return whole.find(part) != std::string::npos;
    }
};

inline std::string osv(const std::string& id, const std::string& modified = "2024-01-02T00:00:00Z") {
    return R"({"id":")" + id + R"(","modified":")" + modified +
           R"(","affected":[{"package":{"ecosystem":"Go","name":"x/)" + id +
           R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]})" + "\n";
}

inline std::string kev(const std::string& released, const std::string& id) {
    return R"({"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"x","dateReleased":")" +
           released + R"(","count":1,"vulnerabilities":[{"cveID":")" + id +
           R"(","vendorProject":"v","product":"p","vulnerabilityName":"n","dateAdded":")" +
           released.substr(0, 10) + R"(","requiredAction":"a","dueDate":")" + released.substr(0, 10) +
           R"(","knownRansomwareCampaignUse":"Unknown"}]})";
}

} // namespace oakum::assessment::test
