@echo off
rem Runs Chartroom's command line with the Node that is in the editor: CHARTROOM_NODE is set in its terminals.
setlocal
if not defined CHARTROOM_NODE set "CHARTROOM_NODE=node"
set "ELECTRON_RUN_AS_NODE=1"
"%CHARTROOM_NODE%" "%~dp0..\dist\cli.mjs" %*
