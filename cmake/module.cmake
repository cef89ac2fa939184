# SPDX-License-Identifier: Apache-2.0
# add_module(path HEADERS .. SOURCES .. USES .. LINK .. TESTS ..)
#
#   path     the folder under src/, e.g. domain/version; the layer is read from it
#   HEADERS  the public headers, relative to include/<name>/ ; each is compiled alone
#   SOURCES  relative to the folder
#   USES     other modules, by path; visible to users of this one
#   LINK     outside libraries (CMake targets); private
#   TESTS    doctest sources; one executable a module, run by ctest
#
# A use of a layer that is not above one's own stops the configuration.

set(OAKUM_DOMAIN_EDGES
  "component>version" "device>version" "device>component"
  "advisory>version" "advisory>component" "advisory>device"
  "risk>version" "risk>component" "risk>device" "risk>advisory"
  "policy>version" "policy>component" "policy>device" "policy>advisory" "policy>risk"
  "artifact>version" "intake>version" "trust>version" "trust>artifact"
  "install>version" "install>artifact" "install>trust"
  "rollout>version" "rollout>device" "rollout>component" "rollout>artifact" "rollout>install" "rollout>policy"
  "schedule>device" "budget>device" "budget>install" "budget>schedule"
  "exception>version" "exception>component" "exception>device"
  "connector>version" "connector>component" "connector>device"
  "floor>version" "floor>connector" "floor>install" "floor>exception" "floor>schedule"
  "rehearsal>device" "rehearsal>install" "rehearsal>rollout" "rehearsal>schedule" "rehearsal>budget"
  "explain>device" "explain>install" "explain>rollout" "alarm>device")
# Codecs build on those that formats share; nothing else crosses.
set(OAKUM_CODEC_SHARED codecs/plist codecs/json codecs/compression codecs/csv codecs/openvex codecs/tar codecs/yaml codecs/cbor codecs/attestations)
# Protocols are strangers to each other; what all of them need of HTTP is in one place.
set(OAKUM_PROTOCOL_SHARED protocols/exchange)
set(OAKUM_ENGINE_EDGES
  "fleet>ports" "assessment>ports" "assessment>fleet" "releases>ports" "releases>fleet" "releases>assessment"
  "rollouts>ports" "rollouts>fleet" "rollouts>assessment" "rollouts>releases" "governance>ports" "updates>ports"
  "schedules>ports" "schedules>shard" "schedules>fleet" "rollouts>schedules"
  "budgets>ports" "budgets>shard" "budgets>fleet" "rollouts>budgets"
  "published>ports" "published>shard" "releases>published"
  "fleet>shard" "assessment>shard" "releases>shard" "rollouts>shard" "governance>shard" "shard>ports"
  "feed_sync>ports" "feed_sync>shard" "feed_sync>fleet" "feed_sync>assessment" "feed_sync>governance" "alarms>feed_sync"
  "apple_phones>ports" "apple_phones>shard" "apple_phones>fleet" "apple_phones>governance" "apple_phones>connectors"
  "floors>ports" "floors>shard" "floors>fleet" "floors>governance"
  "steering>ports" "steering>shard" "steering>fleet" "steering>rollouts" "steering>connectors"
  "connectors>ports" "connectors>shard" "connectors>fleet" "connectors>governance" "alarms>connectors"
  "exceptions>ports" "exceptions>shard" "exceptions>fleet" "exceptions>assessment"
  "alarms>ports" "alarms>shard" "alarms>fleet" "alarms>assessment" "alarms>releases"
  "alarms>schedules" "alarms>budgets" "alarms>floors"
  "fleet>governance" "assessment>governance" "releases>governance" "rollouts>governance")

# Their tests play millions of devices: optimised with sanitizers too.
set(OAKUM_BUSY domain/rehearsal domain/rollout)

function(oakum_layer path out)
  if(path MATCHES "^base$")
    set(layer 0)
  elseif(path MATCHES "^domain/")
    set(layer 1)
  elseif(path MATCHES "^codecs/")
    set(layer 2)
  elseif(path MATCHES "^engine/")
    set(layer 3)
  elseif(path MATCHES "^(storage|protocols|connectors|platform|clients)/" OR path STREQUAL "cli")
    set(layer 4)
  else()
    message(FATAL_ERROR "module ${path}: its path names no layer")
  endif()
  set(${out} ${layer} PARENT_SCOPE)
endfunction()

function(oakum_check_use path used)
  oakum_layer(${path} own)
  oakum_layer(${used} other)
  if(other LESS own)
    return()
  endif()
  if(other EQUAL own)
    get_filename_component(a ${path} NAME)
    get_filename_component(b ${used} NAME)
    if(own EQUAL 1 AND "${a}>${b}" IN_LIST OAKUM_DOMAIN_EDGES)
      return()
    elseif(own EQUAL 2 AND used IN_LIST OAKUM_CODEC_SHARED)
      return()
    elseif(own EQUAL 4 AND path MATCHES "^protocols/" AND used IN_LIST OAKUM_PROTOCOL_SHARED)
      return()
    elseif(own EQUAL 3 AND "${a}>${b}" IN_LIST OAKUM_ENGINE_EDGES)
      return()
    endif()
  endif()
  message(FATAL_ERROR "module ${path} may not use ${used}: the layers of docs/architecture.md do not allow that edge")
endfunction()

function(add_module path)
  cmake_parse_arguments(M "" "" "HEADERS;SOURCES;USES;LINK;TESTS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "module ${path}: unknown words ${M_UNPARSED_ARGUMENTS}")
  endif()
  get_filename_component(name ${path} NAME)
  string(REPLACE "/" "_" target ${path})
  oakum_layer(${path} layer)

  add_library(${target} STATIC ${M_SOURCES})
  target_include_directories(${target} PUBLIC include PRIVATE src)
  foreach(used IN LISTS M_USES)
    oakum_check_use(${path} ${used})
    string(REPLACE "/" "_" used_target ${used})
    target_link_libraries(${target} PUBLIC ${used_target})
  endforeach()
  target_link_libraries(${target} PRIVATE ${M_LINK})
  oakum_together(${target})
  set_property(GLOBAL APPEND PROPERTY OAKUM_MODULES ${target})
  if(layer LESS 3)
    set_property(GLOBAL APPEND PROPERTY OAKUM_PURE_MODULES ${target})
  endif()

  if(OAKUM_TESTS)
    # Each public header compiles alone: one generated file that includes nothing else.
    set(checks)
    foreach(header IN LISTS M_HEADERS)
      string(MAKE_C_IDENTIFIER ${header} id)
      set(check ${CMAKE_CURRENT_BINARY_DIR}/header_${id}.cpp)
      file(CONFIGURE OUTPUT ${check} CONTENT "#include <${name}/${header}>\n#include <${name}/${header}>\n" @ONLY)
      list(APPEND checks ${check})
    endforeach()
    if(checks)
      add_library(${target}_headers OBJECT EXCLUDE_FROM_ALL ${checks})
      target_link_libraries(${target}_headers PRIVATE ${target} ${M_LINK})
      target_compile_options(${target}_headers PRIVATE -O0)
      set_property(GLOBAL APPEND PROPERTY OAKUM_HEADER_CHECKS ${target}_headers)
    endif()
    if(M_TESTS)
      add_executable(test_${target} ${M_TESTS} ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp)
      target_link_libraries(test_${target} PRIVATE ${target} ${M_LINK})
      target_include_directories(test_${target} PRIVATE src ${CMAKE_SOURCE_DIR}/tests)
      target_compile_definitions(test_${target} PRIVATE OAKUM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
      oakum_together(test_${target})
      add_test(NAME ${path} COMMAND test_${target})
      set_tests_properties(${path} PROPERTIES TIMEOUT 300)
      if(OAKUM_SANITIZE)
        set_tests_properties(${path} PROPERTIES TIMEOUT 900)
        if(path IN_LIST OAKUM_BUSY)
          target_compile_options(${target} PRIVATE -O1)
          target_compile_options(test_${target} PRIVATE -O1)
        endif()
      endif()
    endif()
  endif()
endfunction()
