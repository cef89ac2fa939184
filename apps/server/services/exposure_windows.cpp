// SPDX-License-Identifier: Apache-2.0
// How long holes were open, by class.
#include "exposure.hpp"
#include "past.hpp"
#include "windows.hpp"

#include <cmath>
#include <map>

namespace oakum::server {

using device::TenantId;

namespace {

// Many lengths in days, as how often each comes: to a second below a day, to a minute above, since a great
// fleet has hundreds of millions of them.
class Lengths {
  public:
    void add(double days) {
        const double seconds = days * 86'400;
        ++counts_[static_cast<std::int64_t>(days < 1 ? seconds : 60 * std::round(seconds / 60))];
        ++all_;
    }
    bool empty() const { return all_ == 0; }
    // The least length that this part of them is not longer than.
    double quantile(double q) const {
        auto left = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(all_)));
        std::int64_t seconds = 0;
        for (const auto& [length, count] : counts_) {
            seconds = length;
            if (count >= left) break;
            left -= count;
        }
        return static_cast<double>(seconds) / 86'400;
    }

  private:
    std::map<std::int64_t, std::uint64_t> counts_; // in seconds
    std::uint64_t all_ = 0;
};

} // namespace

base::Result<api::ExposureWindows> ExposureService::measure(TenantId tenant,
                                                            const fleet::Selection& selection,
                                                            std::string query,
                                                            std::optional<base::TimePoint> as_of) const {
    using Class = api::ExposureWindows::Class;
    api::ExposureWindows view;
    view.query = some(std::move(query));
    const base::TimePoint now = context_.core.clock.now();
    view.as_of = as_of.value_or(now);
    view.definition = "Days from the later of disclosure and the device's first sight until the device "
                      "reported, healthy, a version without the hole; "
                      "what is still open counts with its days so far.";
    const std::shared_ptr<const assessment::Knowledge> knowledge = assessor_.knowledge();
    // What has to be known of an advisory is looked up once and not once a device.
    struct About {
        bool looked_up = false;
        base::TimePoint published;
        std::vector<Class> classes;
    };
    std::vector<About> abouts(knowledge->file.size());
    const auto about = [&](std::uint32_t index) -> const About& {
        About& known = abouts[index];
        if (!known.looked_up)
            known = {true, knowledge->file.advisory(index).published,
                     classes_of(knowledge->file.advisory(index))};
        return known;
    };
    struct Days {
        Lengths all;
        std::uint64_t closed = 0, open = 0;
        double longest_open = 0;
    };
    std::map<Class, Days> classes;
    const auto seen = each_window(context_, tenant, selection, *knowledge, view.as_of,
                                  [&](const ports::DeviceRow&, const std::vector<Window>& windows) {
                                      for (const Window& window : windows) {
                                          const About& known = about(window.advisory);
                                          const bool open = !window.closed;
                                          const double days =
                                              std::max(0.0, std::chrono::duration<double, std::ratio<86'400>>(
                                                                window.closed.value_or(view.as_of) -
                                                                std::max(window.from, known.published))
                                                                .count());
                                          for (const Class each : known.classes) {
                                              Days& row_of = classes[each];
                                              row_of.all.add(days);
                                              ++(open ? row_of.open : row_of.closed);
                                              if (open)
                                                  row_of.longest_open = std::max(row_of.longest_open, days);
                                          }
                                      }
                                  });
    if (!seen.ok()) return seen.error();
    if (as_of) TRY(check_as_of(*as_of, now, whole_since(context_, tenant, *seen), "these devices"));
    for (const Class each :
         {Class::exploited, Class::critical, Class::high, Class::medium, Class::low, Class::all}) {
        Days& days = classes[each];
        api::ExposureWindows::Row row{each, days.closed, days.open, {}, {}, {}};
        if (!days.all.empty()) {
            row.median_days = days.all.quantile(0.5);
            row.p90_days = days.all.quantile(0.9);
        }
        if (days.open > 0) row.longest_open_days = days.longest_open;
        view.rows.push_back(row);
    }
    return view;
}

void ExposureService::windows(const access::Actor& actor, std::string query,
                              std::optional<base::TimePoint> as_of,
                              api::Answer<api::ExposureWindows> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), query,
                              as_of, answer = std::move(answer)] {
        const base::Duration began = context_.core.clock.steady();
        const KeptAnswers<api::ExposureWindows>::Of of{tenant, selection.scope, query};
        if (auto kept = as_of ? std::nullopt : windows_kept_.find(of, began)) return answer(*std::move(kept));
        auto measured = measure(tenant, selection, query, as_of);
        if (measured.ok() && !as_of) windows_kept_.keep(of, *measured, began, context_.core.clock.steady());
        answer(std::move(measured));
    });
}

} // namespace oakum::server
