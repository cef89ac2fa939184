// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "event_stream.hpp"
#include "openapi.hpp"
#include "routes.hpp"

namespace oakum::api {

void get_health(Context&, Call call) {
    call.reply.json(200, to_json(Health{.status = Health::Status::ok, .checks = {}}));
}

void get_readiness(Context& context, Call call) {
    const Health health = context.services.system.readiness();
    call.reply.json(health.status == Health::Status::ok ? 200 : 503, to_json(health));
}

void get_metrics(Context& context, Call call) {
    ports::HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = context.services.system.metrics();
    add_security_headers(response);
    call.reply.send(std::move(response));
}

void get_openapi(Context&, Call call) {
    call.reply.json(200, std::string(openapi_document()));
}

void get_system(Context& context, Call call) {
    context.services.system.system(call.actor(), answer_json<System>(call));
}

void create_backup(Context& context, Call call) {
    BODY(request, 65'536, decode_backup);
    context.services.system.backup(call.actor(), std::move(*request), answer_json<Job>(call, 202));
}

void get_support_bundle(Context& context, Call call) {
    context.services.system.support_bundle(call.actor(), answer_json<SupportBundle>(call));
}

void list_backups(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.system.list_backups(call.actor(), *page, answer_page<Page<Backup>>(call));
}

void verify_backup(Context& context, Call call) {
    context.services.system.verify_backup(call.actor(), call.path.front(), answer_json<Job>(call, 202));
}

void get_backup_schedule(Context& context, Call call) {
    context.services.system.backup_schedule(call.actor(), answer_json<BackupSchedule>(call));
}

void change_backup_schedule(Context& context, Call call) {
    BODY(patch, 65'536, decode_backup_schedule);
    context.services.system.change_backup_schedule(call.actor(), *patch, answer_json<BackupSchedule>(call));
}

void stream_events(Context& context, Call call) {
    OR_PROBLEM(stream, open_event_stream(context, call));
    ports::HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/event-stream");
    response.body = std::move(*stream);
    add_security_headers(response);
    call.reply.send(std::move(response));
}

void test_keys(Context& context, Call call) {
    context.services.system.test_keys(
        call.actor(), [reply = call.reply](base::Result<std::vector<KeyTest>> keys) {
            if (!keys.ok()) return reply.problem(keys.error());
            std::string text;
            Out o(text);
            object(o, [&] {
                o.w.key("keys").begin_array();
                for (const KeyTest& key : *keys)
                    object(o, [&] {
                        o("role", key.role)("key_id", key.key_id)("signs", key.signs)("expires", key.expires);
                        o("sentence", key.sentence);
                    });
                o.w.end_array();
            });
            reply.json(200, std::move(text));
        });
}

} // namespace oakum::api
