// SPDX-License-Identifier: Apache-2.0
// How the devices of a floor stand to it.
#include <floors/floors.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace oakum::floors {

using floor::Floor;
using floor::Known;
using floor::Standing;

namespace {

// Asks of each device what a floor needs to know; within one pass over the fleet.
class Pass {
  public:
    Pass(const Floor& floor, const floor::Offered& offered, Exploits::Since since, schedule::Zones& zones,
         base::TimePoint now)
        : floor_(floor), offered_(offered), since_(std::move(since)), zones_(zones), now_(now),
          spare_(zones.find(floor.policy.zone_if_unknown)), kev_(device::parse_query("kev").value()) {
        for (const floor::Exception& one : floor.exceptions)
            if (one.counts(now))
                if (auto query = device::parse_query(one.query); query.ok())
                    excepted_.push_back(*std::move(query));
    }

    // Valid until the next; devices that are alike in all that is asked of them are judged once.
    const floor::Judgement& judge(const fleet::Glance& device) {
        const auto fact = [&](std::string_view key) { return device.fact(key).value_or(""); };
        Known known{.os_version = fact(device::key::os_version),
                    .patch_level = fact(device::key::patch_level),
                    .model = fact(device::key::model),
                    .ownership = fact("x.ownership"),
                    .supervised = fact("x.supervised"),
                    .connector = fact("x.connector"),
                    .update_status = fact("x.update_status"),
                    .silent = device.lifecycle() == device::Lifecycle::quiet};
        known.exploited = device::evaluate(kev_, device) == device::Truth::yes;
        known.excepted = std::ranges::any_of(excepted_, [&](const device::Query& query) {
            return device::evaluate(query, device) == device::Truth::yes;
        });
        if (known.exploited && since_) known.exploited_since = since_(device.base_set(), device.delta_set());
        key_.clear();
        for (const std::string_view part : {known.os_version, known.patch_level, known.model, known.ownership,
                                            known.supervised, known.connector, known.update_status})
            key_.append(part).push_back('\0');
        key_ += known.silent ? '1' : '0';
        key_ += known.exploited ? '1' : '0';
        key_ += known.excepted ? '1' : '0';
        if (known.exploited_since) key_ += base::to_iso8601(*known.exploited_since);
        key_.append("\0", 1).append(fact(device::key::timezone));
        const auto [at, fresh] = judged_.try_emplace(key_);
        if (fresh) {
            at->second.zone = zones_.find(fact(device::key::timezone));
            known.zone = at->second.zone.get();
            at->second.judgement = floor::judge(floor_, offered_, known, spare(), now_);
        }
        zone_ = at->second.zone.get();
        return at->second.judgement;
    }
    // On the clock of the device that was judged last.
    std::string local(base::TimePoint at) const {
        return schedule::in_words(schedule::local_of(zone_ != nullptr ? *zone_ : spare(), at)) +
               (zone_ != nullptr ? "" : " (" + spare().name + ")");
    }

  private:
    // The port keeps zones alive by shared ownership.
    struct Judged {
        floor::Judgement judgement;
        std::shared_ptr<const schedule::ZoneRules> zone;
    };

    const schedule::ZoneRules& spare() const { return spare_ ? *spare_ : schedule::utc(); }

    const Floor& floor_;
    const floor::Offered& offered_;
    const Exploits::Since since_;
    schedule::Zones& zones_;
    const base::TimePoint now_;
    const std::shared_ptr<const schedule::ZoneRules> spare_;
    const schedule::ZoneRules* zone_ = nullptr;
    std::string key_;
    std::unordered_map<std::string, Judged> judged_;
    const device::Query kev_;
    std::vector<device::Query> excepted_;
};

std::string counted(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " device" : " devices");
}

std::string sentence_of(const View& view) {
    const std::uint64_t waiting = view.of(Standing::short_of_it), late = view.of(Standing::overdue);
    std::string text = std::to_string(view.of(Standing::keeps)) + " of " + counted(view.total) +
                       (view.of(Standing::keeps) == 1 ? " keeps " : " keep ") + view.words;
    if (waiting + late > 0) {
        text += "; " + std::to_string(waiting + late) + " can be brought there";
        if (late > 0) text += ", " + std::to_string(late) + " of them past the deadline";
    }
    for (const auto& [count, words] : {std::pair(view.of(Standing::cannot), " cannot keep it"),
                                       std::pair(view.of(Standing::unknown), " cannot be told"),
                                       std::pair(view.of(Standing::excepted), " need not, by an exception")})
        if (count > 0) text += "; " + std::to_string(count) + words;
    return text + ".";
}

// The worse ones first.
int rank(Standing standing) {
    switch (standing) {
    case Standing::overdue:
        return 0;
    case Standing::cannot:
        return 1;
    case Standing::short_of_it:
        return 2;
    case Standing::unknown:
        return 3;
    case Standing::excepted:
        return 4;
    case Standing::keeps:
        break;
    }
    return 5;
}

} // namespace

View Floors::view(device::TenantId tenant, const fleet::Scope& scope, const Floor& floor) const {
    View view;
    view.floor = floor;
    for (floor::Exception& one : view.floor.exceptions)
        if (!exception::is_over(one.state) && one.until <= core_.clock.now())
            one.state = exception::State::expired;
    view.words = floor::words(floor.policy);
    view.devices = floor::devices_of(floor.policy);
    const auto offered = catalogue_.offered();
    const bool apple = floor.policy.platform == "ios";
    if (apple && !offered->empty()) view.offered_as_of = offered->as_of();
    if (apple && offered->empty())
        view.warnings.emplace_back("What Apple offers to which model is not known here, so nobody can tell "
                                   "who cannot be brought there: import Apple's list.");
    for (std::string& sentence : unoffered(tenant, scope, floor.policy))
        view.warnings.push_back(std::move(sentence) + ".");
    const auto query = device::parse_query(view.devices);
    if (!query.ok()) {
        view.warnings.push_back("Its query cannot be read any more: " + query.error().text());
        return view;
    }
    Pass pass(floor, *offered, exploits_ != nullptr ? exploits_->of(tenant) : nullptr, zones_,
              core_.clock.now());
    std::map<std::string, ModelLine, std::less<>> models;
    std::array<std::size_t, 6> kept{};
    core_.fleet.each({tenant, scope, *query}, [&](const fleet::Glance& device) {
        const floor::Judgement& judged = pass.judge(device);
        ++view.total;
        ++view.counts[static_cast<std::size_t>(judged.standing)];
        ++view.obstacles[static_cast<std::size_t>(judged.obstacle)];
        const std::string_view called = device.fact(device::key::model).value_or("");
        auto at = models.find(called);
        if (at == models.end())
            at = models.emplace(std::string(called), ModelLine{std::string(called), 0, 0, {}}).first;
        ++at->second.devices;
        if (judged.standing == Standing::keeps) return;
        at->second.below += judged.standing == Standing::unknown ? 0 : 1;
        // Of each standing as many, so that one does not crowd out the others.
        if (++kept[static_cast<std::size_t>(rank(judged.standing))] > View::kMostLines) return;
        DeviceLine line;
        line.id = device.id();
        line.name = device.fact(device::key::name).value_or(device.fact(device::key::serial).value_or(""));
        line.model = called;
        line.runs = device.fact(device::key::os_version).value_or("");
        if (const auto level = device.fact(device::key::patch_level))
            line.runs += (line.runs.empty() ? "" : ", ") + std::string(*level);
        if (judged.deadline) line.local = pass.local(*judged.deadline);
        line.judged = judged;
        view.lines.push_back(std::move(line));
    });
    std::ranges::stable_sort(view.lines, {}, [](const DeviceLine& line) {
        return std::pair(rank(line.judged.standing), line.judged.deadline.value_or(base::TimePoint::max()));
    });
    if (view.lines.size() > View::kMostLines) view.lines.resize(View::kMostLines);
    for (auto& [name, line] : models) {
        if (apple)
            if (const floor::Offered::Model model = offered->model(name); model.known)
                line.newest = model.newest != nullptr ? model.newest->version : std::string();
        view.models.push_back(std::move(line));
    }
    std::ranges::stable_sort(view.models, std::greater<>(), &ModelLine::devices);
    if (view.models.size() > View::kMostModels) view.models.resize(View::kMostModels);
    view.sentence = sentence_of(view);
    return view;
}

} // namespace oakum::floors
