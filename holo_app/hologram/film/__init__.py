"""Films of the figure: which pose and which view each picture shows. Pure; `bootstrap.filming` draws and writes them."""
