// SPDX-License-Identifier: Apache-2.0
#pragma once

// Handlers answer a problem and return; what these bind is a value.

// BODY(name, limit, decode): `name` is a Result that holds what decode made of the JSON body.
#define BODY(name, limit, decode)                                                                            \
    auto name##_json = json_body(call, limit);                                                               \
    if (!name##_json.ok()) return call.reply.problem(name##_json.error());                                   \
    auto name = decode(*name##_json);                                                                        \
    if (!name.ok()) return call.reply.problem(name.error())

// OR_PROBLEM(name, expression): `name` is a Result that holds a value.
#define OR_PROBLEM(name, expression)                                                                         \
    auto name = (expression);                                                                                \
    if (!name.ok()) return call.reply.problem(name.error())

#define PATH_ID(name, Type) OR_PROBLEM(name, id_in_path<Type>(call))
