"""What `./dev` does once its environment exists. No part of the running product."""
