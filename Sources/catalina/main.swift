print("catalina")
