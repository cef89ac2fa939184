// SPDX-License-Identifier: Apache-2.0
#include "alarms.hpp"

namespace oakum::server {

namespace {

api::AlarmState state_of(alarms::State state) {
    switch (state) {
    case alarms::State::open:
        return api::AlarmState::open;
    case alarms::State::acknowledged:
        return api::AlarmState::acknowledged;
    case alarms::State::muted:
        return api::AlarmState::muted;
    case alarms::State::closed:
        break;
    }
    return api::AlarmState::closed;
}

alarms::Filter filter_of(api::AlarmFilter filter) {
    switch (filter) {
    case api::AlarmFilter::open:
        return alarms::Filter::open;
    case api::AlarmFilter::muted:
        return alarms::Filter::muted;
    case api::AlarmFilter::closed:
        return alarms::Filter::closed;
    case api::AlarmFilter::all:
        break;
    }
    return alarms::Filter::all;
}

api::Alarm view_of(alarms::View from) {
    ports::AlarmRow& row = from.row;
    api::Alarm view;
    view.id = row.id;
    view.kind = row.cause.kind;
    view.state = state_of(from.state);
    view.urgent = alarm::urgency(row.cause) == alarm::Urgency::at_once;
    view.words = std::move(from.words);
    view.concerns = alarm::whom(row.cause);
    view.owner = some(row.cause.owner);
    view.devices = from.devices;
    view.query = some(row.cause.query);
    view.things = std::move(row.cause.things);
    view.opened = row.opened;
    view.closed = row.closed;
    view.acknowledged = row.acknowledged;
    view.acknowledged_by = some(row.acknowledged_by);
    view.muted_until = row.muted_until;
    view.muted_by = some(row.muted_by);
    view.why = some(row.why);
    return view;
}

} // namespace

void AlarmsService::list(const access::Actor& actor, api::AlarmFilter filter, api::PageRequest page,
                         api::Answer<api::AlarmPage> answer) {
    context_.background.post([this, actor, filter, page, answer = std::move(answer)] {
        auto found = alarms_.list(actor, filter_of(filter));
        if (!found.ok()) return answer(std::move(found).error());
        std::vector<api::Alarm> views;
        for (alarms::View& each : *found)
            views.push_back(view_of(std::move(each)));
        auto piece = page_of(std::move(views), page);
        if (!piece.ok()) return answer(std::move(piece).error());
        api::AlarmPage out;
        static_cast<api::Page<api::Alarm>&>(out) = std::move(*piece);
        out.checked = alarms_.checked(tenant_of(actor));
        answer(std::move(out));
    });
}

void AlarmsService::get(const access::Actor& actor, alarm::AlarmId id, api::Answer<api::Alarm> answer) {
    context_.background.post([this, actor, id, answer = std::move(answer)] {
        auto found = alarms_.get(actor, id);
        if (!found.ok()) return answer(std::move(found).error());
        answer(view_of(std::move(*found)));
    });
}

std::function<void(base::Status)> AlarmsService::then_get(const access::Actor& actor, alarm::AlarmId id,
                                                          api::Answer<api::Alarm> answer) {
    return [this, actor, id, answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        get(actor, id, answer);
    };
}

void AlarmsService::acknowledge(const access::Actor& actor, alarm::AlarmId id, std::string why,
                                api::Answer<api::Alarm> answer) {
    context_.background.post([this, actor, id, why = std::move(why), answer = std::move(answer)] {
        alarms_.acknowledge(actor, id, why, then_get(actor, id, answer));
    });
}

void AlarmsService::mute(const access::Actor& actor, alarm::AlarmId id, api::Mute mute,
                         api::Answer<api::Alarm> answer) {
    const base::TimePoint until =
        mute.until ? *mute.until : context_.core.clock.now() + mute.span.value_or(base::Duration());
    context_.background.post([this, actor, id, until, why = std::move(mute.why), answer = std::move(answer)] {
        alarms_.mute(actor, id, until, why, then_get(actor, id, answer));
    });
}

void AlarmsService::unmute(const access::Actor& actor, alarm::AlarmId id, std::string why,
                           api::Answer<api::Alarm> answer) {
    context_.background.post([this, actor, id, why = std::move(why), answer = std::move(answer)] {
        alarms_.unmute(actor, id, why, then_get(actor, id, answer));
    });
}

} // namespace oakum::server
