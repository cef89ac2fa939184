// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "routes.hpp"

#include <map>
#include <string>

// A request that each route takes as it is.
namespace oakum::api::test {

inline const std::string kId = "01jd2m6c7g3v8x0w5n4t9r1k2p";
inline const std::string kSha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

// Its name is the id of good_path.
inline const std::string kSchedule =
    R"({"kind":"window","name":")" + kId +
    R"(","times":[{"start":"2026-01-05T02:00","minutes":120,"rule":"FREQ=DAILY"}]})";

inline const std::string kBudget = R"({"name":")" + kId + R"(","by":["site"],"percent":10})";

inline std::string good_path(const Route& route) {
    std::string path(route.path);
    if (const std::size_t hole = path.find("{id}"); hole != std::string::npos)
        path.replace(hole, 4,
                     path.starts_with("/api/v1/advisories") || path.starts_with("/api/v1/findings")
                         ? "CVE-2024-6387"
                     : path.starts_with("/api/v1/artifacts/") ? kSha
                                                              : kId);
    if (route.path == "/api/v1/findings/{id}/explain") path += "?device=" + kId;
    if (path.ends_with("/fixes/ends")) path += "?fix=vendor:gw-200";
    if (path.ends_with("/then")) path += "?as_of=2026-11-01";
    if (path.ends_with("/sboms") || path.ends_with("/sboms/statements"))
        path += "?model=gw-200&version=1.4.3";
    if (path.ends_with("/feeds/import")) path += "?name=kev.json";
    if (path.ends_with("/search")) path += "?q=camera";
    return path;
}

inline std::string good_type(const Route& route) {
    return route.body == Body::file     ? "text/csv"
           : route.body == Body::stream ? "application/octet-stream"
                                        : "application/json";
}

inline std::string good_body(const Route& route) {
    static const std::map<std::string_view, std::string> bodies{
        {"/api/v1/session", R"({"user":"anna","password":"a good long password"})"},
        {"/api/v1/session/one-time", R"({"token":"x"})"},
        {"/api/v1/session/provider/finish", R"({"code":"c","state":"s"})"},
        {"/api/v1/session/code", R"({"client":"oakum on build-7"})"},
        {"/api/v1/session/code/poll", R"({"secret":"s"})"},
        {"/api/v1/sign-in-codes/actions/grant", R"({"code":"BCDF-GHJK"})"},
        {"/api/v1/sign-in-codes/actions/refuse", R"({"code":"BCDF-GHJK"})"},
        {"/api/v1/users/{id}/actions/forget", R"({"why":"left in May"})"},
        {"/api/v1/retention", R"({"days":{"sessions":30}})"},
        {"/api/v1/retention/preview", R"({"days":{"audit":400}})"},
        {"/api/v1/policies/deadlines/test", R"({"name":"ours","table":"x"})"},
        {"/api/v1/channels/{id}", R"({"name":"on call"})"},
        {"/api/v1/devices/{id}/actions/replace/preview", R"({"by":")" + kId + "\"}"},
        {"/api/v1/devices/{id}/actions/replace", R"({"by":")" + kId + R"(","stamp":"ab"})"},
        {"/api/v1/me/password", R"({"current":"a good long password","new":"another good password"})"},
        {"/api/v1/me/totp/confirm", R"({"code":"123456"})"},
        {"/api/v1/me/totp/recovery-codes", R"({"code":"123456"})"},
        {"/api/v1/me/totp/off", R"({"code":"123456"})"},
        {"/api/v1/sign-in-rules", R"({"second_factor_required":false})"},
        {"/api/v1/users/break-glass", R"({"name":"break-glass","renew":true})"},
        {"/api/v1/users", R"({"name":"new.user","role":"viewer","password":"a good long password"})"},
        {"/api/v1/users/{id}", R"({"role":"viewer"})"},
        {"/api/v1/tokens", R"({"label":"ci","scopes":["read"],"expires_in_days":90})"},
        {"/api/v1/enrolment-tokens", R"({"label":"plant 3","uses":10,"expires_in_hours":24})"},
        {"/api/v1/lwm2m-endpoints", R"({"endpoint":"urn:dev:meter-1"})"},
        {"/api/v1/fixes/owner", R"({"fix":"vendor:gw-200","owner":"line 4"})"},
        {"/api/v1/support-ends", R"({"table":""})"},
        {"/api/v1/schedules/preview", kSchedule},
        {"/api/v1/schedules/{id}", kSchedule},
        {"/api/v1/budgets/preview", kBudget},
        {"/api/v1/budgets/{id}", kBudget},
        {"/api/v1/floors/preview", R"({"name":"x","platform":"ios","version":"26.4"})"},
        {"/api/v1/floors/{id}", R"({"name":")" + kId + R"(","platform":"ios","version":"26.4"})"},
        {"/api/v1/floors/{id}/exceptions",
         R"({"query":"site = Kiel","until":"2026-12-01","reason":"an app"})"},
        {"/api/v1/floors/{id}/actions/approve", R"({"number":1})"},
        {"/api/v1/floors/{id}/actions/refuse", R"({"number":1,"why":"no"})"},
        {"/api/v1/floors/{id}/actions/withdraw", R"({"number":1})"},
        {"/api/v1/policies/deadlines", R"({"name":"Plant 3","table":"days\n30\n"})"},
        {"/api/v1/policies/deadlines/in-use",
         R"({"policy":"exploited-or-not","days":{"others":60},"stamp":"00","why":"it is time"})"},
        {"/api/v1/groups",
         R"({"name":"Plant 3","query":"site = \"plant-3\"","defaults":{"criticality":"high"}})"},
        {"/api/v1/groups/{id}", R"({"name":"Plant 4"})"},
        {"/api/v1/evidence", R"({"standard":"general","from":"2026-10-01","to":"2026-10-31"})"},
        {"/api/v1/views", R"({"name":"late","list":"devices","query":"kev","sort":"name"})"},
        {"/api/v1/views/{id}", R"({"query":"site = plant-3"})"},
        {"/api/v1/devices/import", "serial,model\nS1,gw-200\n"},
        {"/api/v1/devices/bulk/preview",
         R"({"query":"site = plant-3","action":"set","facts":{"owner":"line 4","site":null}})"},
        {"/api/v1/devices/bulk",
         R"({"devices":[")" + kId + R"("],"action":"hold","stamp":"1.00","why":"it is time"})"},
        {"/api/v1/devices/{id}", R"({"facts":{"owner":"line 4","site":null},"group":null,"why":"moved"})"},
        {"/api/v1/sboms", R"({"bomFormat":"CycloneDX"})"},
        {"/api/v1/sboms/statements", R"({"package":[]})"},
        {"/api/v1/feeds/import", "{}"},
        {"/api/v1/uploads", R"({"name":"gw.img","length":10,"sha256":")" + kSha + R"("})"},
        {"/api/v1/uploads/{id}", "bytes"},
        {"/api/v1/releases",
         R"({"name":"gateway","version":"1.4.3","artifact":")" + kSha + R"(","models":["gw-200"]})"},
        {"/api/v1/sticks", R"({"query":"site = plant-3","days":14})"},
        {"/api/v1/receipts", R"({"receipt":"{}","certificate_pem":"C","signature":"00"})"},
        {"/api/v1/releases/{id}", R"({"artifact":")" + kSha + R"("})"},
        {"/api/v1/releases/{id}/actions/let-through", R"({"check":"exploited","why":"no way in"})"},
        {"/api/v1/intake/signers/{id}",
         R"({"signer":{"kind":"minisign","key":"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"}})"},
        {"/api/v1/artifacts/{id}/actions/attach",
         R"({"name":"gw.img.minisig","text":"untrusted comment: x"})"},
        {"/api/v1/artifacts/{id}/actions/detach", R"({"name":"gw.img.minisig"})"},
        {"/api/v1/intake", R"({"checks":{"approval":true},"why":"two pairs of eyes"})"},
        {"/api/v1/rollouts", R"({"name":"everywhere","release":")" + kId + R"(","care":"careful"})"},
        {"/api/v1/rollouts/{id}/waves",
         R"({"waves":[{"name":"all"}],"content":")" + kSha + R"(","why":"it is time"})"},
        {"/api/v1/backups", R"({"file":"a.oakum","with_files":false})"},
        {"/api/v1/backups/schedule", R"({"every_seconds":86400,"keep":7,"with_files":true})"},
        {"/api/v1/exceptions",
         R"({"kind":"accept","advisory":"CVE-2026-1","reason":"off","expires":"2026-12-31"})"},
        {"/api/v1/exceptions/preview",
         R"({"kind":"accept","advisory":"CVE-2026-1","reason":"off","expires":"2026-12-31"})"},
        {"/api/v1/own-advisories",
         R"({"title":"a hole","products":[{"component":"gateway","fixed":"1.4"}]})"},
        {"/api/v1/own-advisories/{id}",
         R"({"title":"a hole","products":[{"component":"gateway","fixed":"1.4"}]})"},
        {"/api/v1/alarms/{id}/actions/mute", R"({"hours":24,"why":"known"})"},
        {"/api/v1/sources/{id}",
         R"({"kind":"osv","url":"https://example.org/{}/all.zip","parts":["Go"],"enabled":true})"},
        {"/api/v1/connectors/{id}",
         R"({"kind":"intune","account":"t","client":"c","secret":"s","enabled":true,"every_seconds":3600})"},
        {"/api/v1/connectors/{id}/actions/plan-floor", R"({"platform":"ios","version":"26.4","days":7})"},
        {"/api/v1/apple/profiles", R"({"label":"Anna","personal":true,"expires_in_hours":24})"},
        {"/api/v1/channels", R"({"name":"on call","kind":"webhook","address":"https://example.org/hook"})"},
    };
    if (const auto found = bodies.find(route.path); found != bodies.end() && route.body != Body::none)
        return found->second;
    if (route.body == Body::json) return R"({"why":"it is time"})";
    return {};
}

} // namespace oakum::api::test
