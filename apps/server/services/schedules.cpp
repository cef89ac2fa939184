// SPDX-License-Identifier: Apache-2.0
#include "schedules.hpp"

namespace oakum::server {

namespace {

api::Schedule view_of(const schedules::Preview& preview) {
    api::Schedule view;
    view.rule = preview.rule;
    view.sentence = preview.sentence;
    for (const schedule::Times& times : preview.rule.times)
        view.times_in_words.push_back(schedule::in_words(times));
    view.devices = preview.devices;
    for (const schedules::Preview::Place& place : preview.places) {
        api::Schedule::Place& shown = view.places.emplace_back();
        shown.zone = place.zone;
        shown.known = place.known;
        shown.devices = place.devices;
        if (!place.next) continue;
        shown.from = place.next->from;
        shown.to = place.next->to;
        shown.local = place.words;
    }
    view.warnings = preview.warnings;
    return view;
}

} // namespace

void SchedulesService::list(const access::Actor& actor, std::optional<schedule::Kind> kind,
                            api::Answer<api::Schedules> answer) {
    context_.background.post([this, actor, kind, answer = std::move(answer)] {
        const auto all = schedules_.list(actor);
        if (!all.ok()) return answer(all.error());
        api::Schedules view;
        for (const schedules::Preview& each : *all)
            if (!kind || each.rule.kind == *kind) view.items.push_back(view_of(each));
        answer(std::move(view));
    });
}

void SchedulesService::dates(const access::Actor& actor, base::TimePoint from, base::TimePoint to,
                             api::Answer<api::ScheduleCalendar> answer) {
    context_.background.post([this, actor, from, to, answer = std::move(answer)] {
        auto found = schedules_.dates(actor, from, to);
        if (!found.ok()) return answer(std::move(found).error());
        api::ScheduleCalendar view{from, to, {}};
        for (schedules::Dates& each : *found)
            view.items.push_back({std::move(each.name), each.kind, std::move(each.clock), each.devices,
                                  std::move(each.times), each.more});
        answer(std::move(view));
    });
}

void SchedulesService::preview(const access::Actor& actor, schedule::Rule rule,
                               api::Answer<api::Schedule> answer) {
    context_.background.post([this, actor, rule = std::move(rule), answer = std::move(answer)] {
        const auto said = schedules_.preview(actor, rule);
        if (!said.ok()) return answer(said.error());
        answer(view_of(*said));
    });
}

void SchedulesService::put(const access::Actor& actor, schedule::Rule rule,
                           api::Answer<api::Schedule> answer) {
    schedules_.put(actor, std::move(rule),
                   [answer = std::move(answer)](base::Result<schedules::Preview> said) {
                       if (!said.ok()) return answer(std::move(said).error());
                       answer(view_of(*said));
                   });
}

void SchedulesService::remove(const access::Actor& actor, std::string name,
                              api::Answer<base::Nothing> answer) {
    schedules_.remove(actor, std::move(name), "", [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
