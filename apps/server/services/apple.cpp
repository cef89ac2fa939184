// SPDX-License-Identifier: Apache-2.0
#include "apple.hpp"

namespace oakum::server {
namespace {

base::Error switched_off() {
    return base::conflict("Oakum's own management of Apple's devices is switched off: start oakumd with "
                          "--apple-mdm");
}

std::string sentence_of(const api::AppleManagement& view, const std::string& failing = {}) {
    if (!view.on)
        return "Switched off: oakumd was started without --apple-mdm, and phones that enrolled before are "
               "not "
               "answered.";
    std::string text = counted(view.phones, "phone") + " enrolled. ";
    text += view.topic ? "Phones are woken by Apple's push service."
                       : "There is no push certificate: phones are not woken, and are asked when they speak "
                         "by themselves.";
    if (!failing.empty()) text += " The last could not be woken: " + failing + ".";
    if (view.weak_scep) text += " Requests for certificates by old algorithms (DES, SHA-1) are borne.";
    return text;
}

api::ApplePhone view_of(const Context& context, device::TenantId tenant,
                        const apple_phones::PhoneView& phone) {
    api::ApplePhone view;
    view.device = device_ref(context, tenant, phone.device);
    view.state = apple::to_string(phone.phone.state);
    view.since = phone.phone.since;
    view.personal = phone.phone.personal;
    view.wakes = !phone.phone.token.empty();
    view.asked = phone.phone.asked;
    if (phone.certificate_ends != base::TimePoint{}) view.certificate_expires = phone.certificate_ends;
    for (const apple::Command& one : phone.phone.queue)
        view.waiting.push_back({std::string(apple::to_string(one.kind)), std::string(apple::words(one.kind)),
                                one.made, one.sent, one.put_off, one.times, one.put_offs});
    for (const apple::Ended& one : phone.phone.ended)
        view.answers.push_back({std::string(apple::to_string(one.kind)), one.at, some(one.words)});
    return view;
}

} // namespace

void AppleService::get(const access::Actor& actor, api::Answer<api::AppleManagement> answer) {
    api::AppleManagement view;
    view.on = phones_ != nullptr;
    view.weak_scep = view.on && facts_.weak_scep;
    view.address = facts_.address();
    if (!view.on) {
        view.sentence = sentence_of(view);
        return answer(std::move(view));
    }
    context_.background.post([this, actor, view = std::move(view), answer = std::move(answer)]() mutable {
        const auto all = phones_->list(actor);
        if (!all.ok()) return answer(all.error());
        for (const apple_phones::PhoneView& phone : *all)
            if (phone.phone.state == apple::State::enrolled) ++view.phones;
        view.topic = facts_.topic();
        view.push_expires = facts_.push_expires();
        view.sentence = sentence_of(view, facts_.push_failing());
        answer(std::move(view));
    });
}

void AppleService::phones(const access::Actor& actor, api::Answer<std::vector<api::ApplePhone>> answer) {
    if (phones_ == nullptr) return answer(switched_off());
    context_.background.post([this, actor, answer = std::move(answer)] {
        const auto all = phones_->list(actor);
        if (!all.ok()) return answer(all.error());
        std::vector<api::ApplePhone> views;
        for (const apple_phones::PhoneView& phone : *all)
            views.push_back(view_of(context_, tenant_of(actor), phone));
        answer(std::move(views));
    });
}

void AppleService::make_profile(const access::Actor& actor, api::AppleProfileNew wish,
                                api::Answer<api::AppleProfile> answer) {
    if (phones_ == nullptr) return answer(switched_off());
    phones_->make_profile(
        actor, {wish.label, wish.group, wish.personal, wish.hours, wish.trusted_already},
        [label = wish.label, answer = std::move(answer)](base::Result<apple_phones::MadeProfile> made) {
            if (!made.ok()) return answer(std::move(made).error());
            answer(api::AppleProfile{label, std::move(made->text), made->expires, std::move(made->warnings)});
        });
}

void AppleService::ask(const access::Actor& actor, device::DeviceId device,
                       api::Answer<base::Nothing> answer) {
    if (phones_ == nullptr) return answer(switched_off());
    phones_->ask(actor, device, [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

void AppleService::release(const access::Actor& actor, device::DeviceId device,
                           api::Answer<base::Nothing> answer) {
    if (phones_ == nullptr) return answer(switched_off());
    phones_->release(actor, device, [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
