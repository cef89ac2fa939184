// SPDX-License-Identifier: Apache-2.0
#include "channels.hpp"

namespace oakum::server {

namespace {

api::Channel view_of(const ports::ChannelRow& row) {
    api::Channel view;
    view.id = row.id;
    view.name = row.name;
    view.kind = row.kind;
    view.pace = row.pace;
    view.server = row.server;
    view.account = some(row.account);
    view.sender = some(row.sender);
    view.recipients = row.recipients;
    view.created = row.created;
    view.created_by = row.created_by;
    view.delivered = row.delivered;
    view.failed = row.failed;
    view.last_error = some(row.last_error);
    return view;
}

} // namespace

void ChannelsService::list(const access::Actor& actor, api::Answer<std::vector<api::Channel>> answer) {
    const auto rows = channels_.list(actor);
    if (!rows.ok()) return answer(rows.error());
    std::vector<api::Channel> views;
    for (const ports::ChannelRow& row : *rows)
        views.push_back(view_of(row));
    answer(std::move(views));
}

void ChannelsService::add(const access::Actor& actor, api::ChannelNew channel,
                          api::Answer<api::ChannelCreated> answer) {
    channels_.add(actor,
                  {std::move(channel.name), channel.kind, channel.pace, std::move(channel.address),
                   std::move(channel.secret), std::move(channel.account), std::move(channel.sender),
                   std::move(channel.recipients)},
                  [answer = std::move(answer)](base::Result<alarms::ChannelMade> made) {
                      if (!made.ok()) return answer(std::move(made).error());
                      answer(api::ChannelCreated{view_of(made->row), some(made->secret)});
                  });
}

void ChannelsService::change(const access::Actor& actor, alarm::ChannelId id, api::ChannelPatch patch,
                             api::Answer<api::Channel> answer) {
    channels_.change(actor, id,
                     {std::move(patch.name), std::move(patch.address), std::move(patch.secret),
                      std::move(patch.account), std::move(patch.sender), patch.pace,
                      std::move(patch.recipients)},
                     [answer = std::move(answer)](base::Result<ports::ChannelRow> row) {
                         if (!row.ok()) return answer(std::move(row).error());
                         answer(view_of(*row));
                     });
}

void ChannelsService::remove(const access::Actor& actor, alarm::ChannelId id,
                             api::Answer<base::Nothing> answer) {
    channels_.remove(actor, id, [answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer(base::Nothing{});
    });
}

void ChannelsService::test(const access::Actor& actor, alarm::ChannelId id,
                           api::Answer<api::ChannelTest> answer) {
    outbox_.test(actor, id, [answer = std::move(answer)](base::Result<alarms::Tested> tested) {
        if (!tested.ok()) return answer(std::move(tested).error());
        answer(api::ChannelTest{tested->delivered, tested->delivered
                                                       ? "The message arrived."
                                                       : "It did not arrive: " + tested->error + "."});
    });
}

} // namespace oakum::server
