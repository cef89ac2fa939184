// SPDX-License-Identifier: Apache-2.0
#include "exceptions.hpp"

namespace oakum::server {

namespace {

exceptions::Filter filter_of(api::ExceptionFilter filter) {
    switch (filter) {
    case api::ExceptionFilter::current:
        return exceptions::Filter::current;
    case api::ExceptionFilter::asked:
        return exceptions::Filter::asked;
    case api::ExceptionFilter::in_force:
        return exceptions::Filter::in_force;
    case api::ExceptionFilter::ending:
        return exceptions::Filter::ending;
    case api::ExceptionFilter::over:
        return exceptions::Filter::over;
    case api::ExceptionFilter::all:
        break;
    }
    return exceptions::Filter::all;
}

api::Covers covers_of(const exceptions::Coverage& covers) {
    return {covers.devices, covers.findings, covers.exploited};
}

api::Exception view_of(exceptions::View from) {
    api::Exception view;
    view.sentence = std::move(from.sentence);
    if (!from.row.wish.scope.group.is_zero())
        view.group = api::GroupRef{from.row.wish.scope.group, from.group};
    view.covers = covers_of(from.covers);
    view.devices_query = std::move(from.query);
    view.ends_soon = from.ends_soon;
    view.row = std::move(from.row);
    return view;
}

} // namespace

void ExceptionsService::list(const access::Actor& actor, api::ExceptionFilter filter,
                             exception::Period during, api::PageRequest page,
                             api::Answer<api::Page<api::Exception>> answer) {
    context_.background.post([this, actor, filter, during, page, answer = std::move(answer)] {
        std::vector<api::Exception> views;
        for (exceptions::View& each : exceptions_.list(actor, filter_of(filter), during))
            views.push_back(view_of(std::move(each)));
        answer(page_of(std::move(views), page));
    });
}

void ExceptionsService::get(const access::Actor& actor, ports::ExceptionId id,
                            api::Answer<api::Exception> answer) {
    context_.background.post([this, actor, id, answer = std::move(answer)] {
        auto found = exceptions_.get(actor, id);
        if (!found.ok()) return answer(std::move(found).error());
        answer(view_of(std::move(*found)));
    });
}

void ExceptionsService::preview(const access::Actor& actor, exception::Wish wish,
                                api::Answer<api::ExceptionPreview> answer) {
    context_.background.post([this, actor, wish = std::move(wish), answer = std::move(answer)] {
        auto found = exceptions_.preview(actor, wish);
        if (!found.ok()) return answer(std::move(found).error());
        answer(api::ExceptionPreview{std::move(found->sentence), covers_of(found->covers),
                                     std::move(found->query), found->second_person, found->before,
                                     found->after});
    });
}

void ExceptionsService::ask(const access::Actor& actor, exception::Wish wish,
                            api::Answer<api::Exception> answer) {
    exceptions_.ask(actor, std::move(wish), [this, actor, answer](base::Result<ports::ExceptionId> id) {
        if (!id.ok()) return answer(std::move(id).error());
        get(actor, *id, answer);
    });
}

void ExceptionsService::decide(const access::Actor& actor, ports::ExceptionId id, exception::Event event,
                               std::string why, api::Answer<api::Exception> answer) {
    context_.background.post([this, actor, id, event, why = std::move(why), answer = std::move(answer)] {
        exceptions_.decide(actor, id, event, why, [this, actor, id, answer](base::Status status) {
            if (!status.ok()) return answer(std::move(status).error());
            get(actor, id, answer);
        });
    });
}

} // namespace oakum::server
