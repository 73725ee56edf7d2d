#!/bin/sh
# Writes the manual's reference pages anew: webapps/docs/config, from what the server knows of its elements.
#
# To be run after a build whenever an attribute came, went or changed; ReferencePagesTests fails until then.

root=$(cd "$(dirname "$0")/.." && pwd)
exec "$root/.build/${CARACAL_CONFIGURATION:-release}/catalina" reference "$root/webapps/docs/config"
