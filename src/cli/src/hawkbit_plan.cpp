// SPDX-License-Identifier: Apache-2.0
#include "hawkbit_plan.hpp"

#include "settings.hpp"

#include <device/attributes.hpp>
#include <device/query.hpp>
#include <hawkbit_pages/filter.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <filesystem>
#include <fstream>
#include <set>

namespace oakum::cli {
namespace {

namespace fs = std::filesystem;
namespace pages = hawkbit_pages;
using Facts = std::map<std::string, std::string>;

// Attributes take a request for each target: what was read stays in a file, a line each.
class Kept {
  public:
    static base::Result<Kept> open(const fs::path& file) {
        Kept kept;
        std::ifstream in(file, std::ios::binary);
        std::uint64_t whole = 0;
        for (std::string line; std::getline(in, line) && !in.eof();) {
            const auto read = json::parse(line);
            const auto id = read.ok() ? read->string_at("id") : base::Result<std::string>(read.error());
            const auto said = read.ok() ? read->find("attributes") : std::nullopt;
            auto attributes = said ? pages::read_attributes(said->source()) : base::Result<Facts>(Facts());
            if (!id.ok() || !attributes.ok()) break;
            kept.known_.insert_or_assign(*id, std::move(*attributes));
            whole += line.size() + 1;
        }
        in.close();
        // A line that was being written when it broke off is written anew.
        std::error_code error;
        if (fs::exists(file, error)) fs::resize_file(file, whole, error);
        kept.out_.open(file, std::ios::binary | std::ios::app);
        if (error || !kept.out_) return base::invalid("cannot write " + file.string());
        return kept;
    }
    const Facts* find(const std::string& id) const {
        const auto at = known_.find(id);
        return at == known_.end() ? nullptr : &at->second;
    }
    base::Status keep(const std::string& id, const Facts& attributes) {
        std::string line;
        json::Writer writer(line);
        writer.begin_object().member("id", id).key("attributes").begin_object();
        for (const auto& [name, value] : attributes)
            writer.member(name, value);
        writer.end_object().end_object();
        out_ << line << "\n" << std::flush;
        if (!out_) return base::invalid("cannot write all that was read");
        known_.insert_or_assign(id, attributes);
        return {};
    }

  private:
    std::map<std::string, Facts> known_;
    std::ofstream out_;
};

base::Status read_devices(const Flow& flow, HawkbitReader& hawkbit, const fs::path& folder,
                          HawkbitPlan& plan) {
    TRY_VALUE(const std::vector<pages::Target> targets,
              hawkbit.all("/rest/v1/targets", pages::read_targets, plan.unreadable));
    TRY_VALUE(Kept kept, Kept::open(folder / "attributes.jsonl"));
    std::uint64_t done = 0;
    for (const pages::Target& target : targets) {
        Facts attributes;
        if (const Facts* known = kept.find(target.id)) {
            attributes = *known;
        } else {
            auto read =
                hawkbit.one("/rest/v1/targets/" + encode(target.id) + "/attributes", pages::read_attributes);
            // It may have been deleted since the list was read; what is no more has no attributes.
            if (!read.ok() && read.error().kind != base::ErrorKind::not_found) return read.error();
            if (read.ok()) attributes = std::move(*read);
            TRY(kept.keep(target.id, attributes));
        }
        TakenDevice taken{target.id, device::facts_of_attributes(attributes)};
        // Where nobody named it, hawkBit gives it its id as its name, and filters select it by that.
        taken.facts["name"] = target.name.empty() ? target.id : target.name;
        if (!target.address.empty()) taken.facts["address"] = target.address;
        plan.devices.push_back(std::move(taken));
        progress(flow.console, "Reading targets", ++done, targets.size());
    }
    return {};
}

struct Runs {
    std::vector<std::string> models;
    std::set<std::string> versions; // that those say which have it installed
};
base::Result<Runs> who_has(HawkbitReader& hawkbit, const std::string& set,
                           const std::map<std::string, const Facts*>& devices,
                           std::vector<std::string>& unreadable) {
    Runs runs;
    std::set<std::string> models;
    for (const char* which : {"installedTargets", "assignedTargets"}) {
        TRY_VALUE(
            const std::vector<pages::Target> targets,
            hawkbit.all("/rest/v1/distributionsets/" + set + "/" + which, pages::read_targets, unreadable));
        for (const pages::Target& target : targets) {
            const auto device = devices.find(target.id);
            if (device == devices.end()) continue;
            const auto say = [&](const char* key, std::set<std::string>& into) {
                if (const auto fact = device->second->find(key); fact != device->second->end())
                    into.insert(fact->second);
            };
            say("model", models);
            if (std::string_view(which) == "installedTargets") say("firmware_version", runs.versions);
        }
    }
    runs.models.assign(models.begin(), models.end());
    return runs;
}

base::Status plan_release(HawkbitReader& hawkbit, const HawkbitImport& wish,
                          const pages::DistributionSet& set,
                          const std::map<std::string, const Facts*>& devices, HawkbitPlan& plan) {
    PlannedRelease planned;
    planned.set = set.name + " " + set.version;
    planned.name = plain_name(set.name);
    const auto hinder = [&](std::string why) {
        planned.hindered = std::move(why);
        plan.releases.push_back(std::move(planned));
        return base::Status();
    };
    const std::string path = "/rest/v1/distributionsets/" + set.id;
    TRY_VALUE(const std::vector<pages::SoftwareModule> modules,
              hawkbit.all(path + "/assignedSM", pages::read_modules, plan.unreadable));
    std::vector<std::pair<pages::SoftwareModule, pages::Artifact>> files;
    for (const pages::SoftwareModule& module : modules) {
        TRY_VALUE(pages::Page<pages::Artifact> artifacts,
                  hawkbit.one("/rest/v1/softwaremodules/" + module.id + "/artifacts", pages::read_artifacts));
        for (std::string& why : artifacts.unreadable)
            plan.unreadable.push_back("a file of " + module.name + ": " + why);
        for (pages::Artifact& artifact : artifacts.records)
            files.emplace_back(module, std::move(artifact));
    }
    if (files.empty()) return hinder("it has no file");
    if (files.size() > 1)
        return hinder("it has " + std::to_string(files.size()) + " files, and a release here has one");
    planned.module = files[0].first.id;
    planned.artifact = files[0].second;
    TRY_VALUE(const Runs runs, who_has(hawkbit, set.id, devices, plan.unreadable));
    planned.models = runs.models.empty() ? wish.models : runs.models;
    // What devices say that have it is what tells later that it was installed.
    planned.version = set.version;
    if (!runs.versions.contains(set.version) && runs.versions.contains(files[0].first.version))
        planned.version = files[0].first.version;
    if (plain_name(planned.version) != planned.version)
        return hinder("its version has characters that a version here cannot have");
    if (planned.models.empty()) return hinder("no target that has it says its model: name it by --model");
    for (const PlannedRelease& other : plan.releases)
        if (other.hindered.empty() && other.name == planned.name && other.version == planned.version)
            return hinder(other.set + " is the release " + other.name + " " + other.version + " already");
    plan.releases.push_back(std::move(planned));
    return {};
}

} // namespace

std::string plain_name(std::string name) {
    for (char& c : name) {
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '.' || c == '_' || c == '+' || c == '~' || c == '-';
        if (!safe) c = '-';
    }
    if (name.starts_with('.')) name.insert(0, 1, '-');
    return name.substr(0, 120);
}

base::Status read_plan(const Flow& flow, HawkbitReader& hawkbit, const HawkbitImport& wish,
                       HawkbitPlan& plan) {
    TRY(read_devices(flow, hawkbit, wish.folder, plan));
    std::map<std::string, const Facts*> devices;
    for (const TakenDevice& device : plan.devices)
        devices.emplace(device.serial, &device.facts);
    TRY_VALUE(const std::vector<pages::DistributionSet> sets,
              hawkbit.all("/rest/v1/distributionsets", pages::read_sets, plan.unreadable));
    for (const pages::DistributionSet& set : sets)
        TRY(plan_release(hawkbit, wish, set, devices, plan));
    TRY_VALUE(const std::vector<pages::Filter> filters,
              hawkbit.all("/rest/v1/targetfilters", pages::read_filters, plan.unreadable));
    for (const pages::Filter& filter : filters) {
        PlannedGroup group{filter.name, {}, {}, {}};
        auto translated = pages::translate(filter.query);
        if (translated.ok()) {
            group.query = std::move(translated->query);
            group.notes = std::move(translated->notes);
        } else {
            group.hindered = translated.error().message;
        }
        for (const PlannedGroup& other : plan.groups)
            if (group.hindered.empty() && other.hindered.empty() &&
                device::equal_ignoring_case(other.name, group.name))
                group.hindered = "the filter " + other.name + " is the group of that name already";
        plan.groups.push_back(std::move(group));
    }
    return {};
}

} // namespace oakum::cli
