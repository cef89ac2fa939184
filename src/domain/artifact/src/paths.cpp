// SPDX-License-Identifier: Apache-2.0
#include <artifact/paths.hpp>

#include <version/version.hpp>

#include <algorithm>
#include <map>

namespace oakum::artifact {
namespace {

Receiver receiver(const Terms& terms, const std::string& model, const std::string& version,
                  const std::string& hw_revision) {
    Receiver device;
    device.model = model;
    device.running_version = version;
    device.hw_revision = hw_revision;
    device.floor.counter = 0; // each device has its own
    device.formats = {terms.format};
    return device;
}

Verdict judge(const Terms& terms, const std::string& model, const std::string& version,
              const std::string& hw_revision) {
    return may_install(terms, receiver(terms, model, version, hw_revision), Intent::update);
}

// The lowest version by which it gets there in two steps, so that the least is changed on the way.
std::string step_on_the_way(const Terms& to, const Kind& kind, const std::vector<Terms>& others) {
    std::string best, best_key;
    for (const Terms& other : others) {
        if (other.release != to.release || other.version == to.version) continue;
        if (!judge(other, kind.model, kind.version, kind.hw_revision).allowed() ||
            !judge(to, kind.model, other.version, kind.hw_revision).allowed())
            continue;
        const auto read = version::Version::parse(version::Scheme::generic, other.version);
        if (read.ok() && (best.empty() || version::compare_keys(read->key(), best_key) < 0)) {
            best = other.version;
            best_key = read->key();
        }
    }
    return best;
}

std::string why_of(const Terms& to, const Path& path) {
    switch (path.refusal) {
    case Refusal::none:
        return "";
    case Refusal::too_old_to_start:
        if (path.version.empty())
            return "What it runs is not known, and " + to.release + " " + to.version + " needs " +
                   to.min_from + " or later to start from.";
        return "It is older than " + to.min_from + ", which it has to reach first: " +
               (path.through.empty() ? "no published release here takes it there."
                                     : to.release + " " + path.through + " takes it there.");
    case Refusal::wrong_revision:
        return "Its hardware revision is another one, or not known.";
    case Refusal::downgrade:
        return "It runs a newer version.";
    default:
        return "The release is not for it.";
    }
}

} // namespace

std::vector<Path> paths(const Terms& to, const std::vector<Kind>& fleet, const std::vector<Terms>& others) {
    std::map<std::tuple<std::string, std::string, Refusal, std::string>, Path> found;
    for (const Kind& kind : fleet) {
        if (kind.version == to.version || kind.devices == 0) continue;
        Path path;
        path.model = kind.model;
        path.version = kind.version;
        path.refusal = judge(to, kind.model, kind.version, kind.hw_revision).refusal;
        if (path.refusal == Refusal::too_old_to_start && !kind.version.empty())
            path.through = step_on_the_way(to, kind, others);
        path.why = why_of(to, path);
        Path& sum = found[{path.model, path.version, path.refusal, path.through}];
        path.devices = sum.devices + kind.devices;
        sum = std::move(path);
    }
    std::vector<Path> all;
    for (auto& [key, path] : found)
        all.push_back(std::move(path));
    std::ranges::stable_sort(all, std::ranges::greater(), &Path::devices);
    return all;
}

} // namespace oakum::artifact
